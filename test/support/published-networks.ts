import { GraphBuilder } from "../../src/engine/onnx/graph-builder.js";

/**
 * Networks of the literature as graphs: the published layers, all weights zero and made by the graph itself, so that the file
 * is small. Normalisations are left out: they multiply nothing that is counted.
 */
class Layers {
  readonly graph = new GraphBuilder("network");
  #channels = 3;
  #value = this.graph.input("image", "float32", ["n", 3, 224, 224]);

  get value(): string {
    return this.#value;
  }

  get channels(): number {
    return this.#channels;
  }

  conv(
    filters: number,
    side: number,
    { stride = 1, groups = 1, from = this.#value, width = this.#channels } = {},
  ): string {
    const weight = this.#zeros(filters, width / groups, side, side);
    const pad = (side - 1) >> 1;
    const attributes = { strides: [stride, stride], pads: [pad, pad, pad, pad], group: groups };
    return this.graph.node("Conv", [from, weight], attributes);
  }

  go(value: string, channels: number): void {
    this.#value = value;
    this.#channels = channels;
  }

  relu(value: string): string {
    return this.graph.node("Relu", [value]);
  }

  add(a: string, b: string): string {
    return this.graph.node("Add", [a, b]);
  }

  /** Global pooling and a linear layer to the classes of ImageNet. */
  finish(): Uint8Array {
    const pooled = this.graph.node("GlobalAveragePool", [this.#value]);
    const features = this.graph.node("Flatten", [pooled], {}, "features");
    this.graph.node("Gemm", [features, this.#zeros(1000, this.#channels)], { transB: 1 }, "probabilities");
    this.graph.output("features", "float32", ["n", this.#channels]);
    this.graph.output("probabilities", "float32", ["n", 1000]);
    return this.graph.finish();
  }

  #zeros(...shape: number[]): string {
    return this.graph.node("ConstantOfShape", [this.graph.integers(...shape)]);
  }
}

/** He, Zhang, Ren, Sun, CVPR 2016, table 1, 18-layer; shortcuts by projection where the width changes. */
export function resNet18(): Uint8Array {
  const net = new Layers();
  net.go(net.relu(net.conv(64, 7, { stride: 2 })), 64);
  net.go(
    net.graph.node("MaxPool", [net.value], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
    64,
  );
  for (const [stage, width] of [64, 128, 256, 512].entries()) {
    for (let block = 0; block < 2; block++) {
      const stride = stage > 0 && block === 0 ? 2 : 1;
      const shortcut = stride === 1 ? net.value : net.conv(width, 1, { stride });
      const inner = net.relu(net.conv(width, 3, { stride }));
      net.go(net.relu(net.add(net.conv(width, 3, { from: inner, width }), shortcut)), width);
    }
  }
  return net.finish();
}

/** Sandler, Howard, Zhu, Zhmoginov, Chen, CVPR 2018, table 2: expansion t, channels c, repeats n, stride s. */
export function mobileNetV2(): Uint8Array {
  const net = new Layers();
  net.go(net.relu(net.conv(32, 3, { stride: 2 })), 32);
  const table = [
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
  ] as const;
  for (const [expansion, channels, repeats, firstStride] of table) {
    for (let repeat = 0; repeat < repeats; repeat++) {
      const width = expansion * net.channels;
      const stride = repeat === 0 ? firstStride : 1;
      const wide = expansion === 1 ? net.value : net.relu(net.conv(width, 1));
      const deep = net.relu(net.conv(width, 3, { from: wide, width, stride, groups: width }));
      const narrow = net.conv(channels, 1, { from: deep, width });
      net.go(stride === 1 && channels === net.channels ? net.add(narrow, net.value) : narrow, channels);
    }
  }
  net.go(net.relu(net.conv(1280, 1)), 1280);
  return net.finish();
}
