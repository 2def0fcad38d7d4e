/** Who asks. Services write the name into what they create. */
export interface Viewer {
  readonly name: string;
}
