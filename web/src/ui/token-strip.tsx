import { useEffect, useRef } from "react";

/** A token as a strip of stripes: amber above zero, teal below, paler nearer to it. */
export function TokenStrip({ vector, label }: { vector: Float32Array; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const largest = Math.max(...vector.map(Math.abs)) || 1;
    const image = context.createImageData(vector.length, 1);
    vector.forEach((value, i) => {
      image.data.set(value > 0 ? [223, 161, 38] : [43, 133, 119], 4 * i);
      image.data[4 * i + 3] = Math.round((255 * Math.abs(value)) / largest);
    });
    context.putImageData(image, 0, 0);
  }, [vector]);
  return (
    <canvas
      ref={canvas}
      className="token-strip"
      width={vector.length}
      height={1}
      role="img"
      aria-label={label}
      style={{ imageRendering: "pixelated" }}
    />
  );
}
