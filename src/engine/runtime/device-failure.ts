/** A device refused or failed at what the processor can do. Whoever asked it has to ask another one. */
export class DeviceFailure extends Error {
  override readonly name = "DeviceFailure";
}
