/** The field of TensorProto that holds the values when they are not in `raw_data`. */
export type ValueField =
  "float_data" | "int32_data" | "int64_data" | "double_data" | "uint64_data" | "string_data";

export interface TensorElement {
  readonly name: string;
  /** Bits per element in `raw_data`; 0 where `raw_data` is not allowed. */
  readonly bits: number;
  readonly field: ValueField;
  /** Entries of `field` per element: complex numbers take two, narrow types share one. */
  readonly entries: number;
}

const element = (name: string, bits: number, field: ValueField, entries = 1): TensorElement => ({
  name,
  bits,
  field,
  entries,
});

/** TensorProto.DataType by its number; source: onnx.proto of ONNX 1.19 and its comments on each value field. */
export const TENSOR_ELEMENTS: ReadonlyMap<number, TensorElement> = new Map([
  [1, element("float32", 32, "float_data")],
  [2, element("uint8", 8, "int32_data")],
  [3, element("int8", 8, "int32_data")],
  [4, element("uint16", 16, "int32_data")],
  [5, element("int16", 16, "int32_data")],
  [6, element("int32", 32, "int32_data")],
  [7, element("int64", 64, "int64_data")],
  [8, element("string", 0, "string_data")],
  [9, element("bool", 8, "int32_data")],
  [10, element("float16", 16, "int32_data")],
  [11, element("float64", 64, "double_data")],
  [12, element("uint32", 32, "uint64_data")],
  [13, element("uint64", 64, "uint64_data")],
  [14, element("complex64", 64, "float_data", 2)],
  [15, element("complex128", 128, "double_data", 2)],
  [16, element("bfloat16", 16, "int32_data")],
  [17, element("float8e4m3fn", 8, "int32_data")],
  [18, element("float8e4m3fnuz", 8, "int32_data")],
  [19, element("float8e5m2", 8, "int32_data")],
  [20, element("float8e5m2fnuz", 8, "int32_data")],
  [21, element("uint4", 4, "int32_data", 1 / 2)],
  [22, element("int4", 4, "int32_data", 1 / 2)],
  [23, element("float4e2m1", 4, "int32_data", 1 / 2)],
]);
