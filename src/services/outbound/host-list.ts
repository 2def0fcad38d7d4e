/**
 * The hosts that an operator allows: `huggingface.co`, `*.hf.co` for all names below one, `models.example.org:8443` where
 * the port is not 443.
 */
export class HostList {
  constructor(readonly entries: readonly string[]) {}

  get isEmpty(): boolean {
    return this.entries.length === 0;
  }

  allows({ hostname, port }: URL): boolean {
    const name = hostname.toLowerCase().replace(/\.$/, "");
    return this.entries.some((entry) => {
      const [host = "", entryPort = ""] = entry.toLowerCase().split(":");
      if (port !== entryPort) return false; // a URL's port is "" where it is the scheme's own
      return host.startsWith("*.") ? name.endsWith(host.slice(1)) : name === host;
    });
  }
}
