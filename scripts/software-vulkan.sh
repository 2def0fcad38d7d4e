#!/usr/bin/env bash
# Installs software Vulkan for the WebGPU tests, on Debian as root: lavapipe of Mesa 25, which Debian 12 has in its backports.
set -euo pipefail
. /etc/os-release
target=()
if [ "$VERSION_CODENAME" = bookworm ]; then
  # The mirror that everything else comes from.
  mirror=$(apt-get indextargets --format '$(SITE)' 'Identifier: Packages' 'Release: bookworm' | head -n 1)
  keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  echo "deb [signed-by=$keyring] $mirror bookworm-backports main" >/etc/apt/sources.list.d/bookworm-backports.list
  target=(-t bookworm-backports)
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-remove --no-install-recommends "${target[@]}" \
  mesa-vulkan-drivers libvulkan1
