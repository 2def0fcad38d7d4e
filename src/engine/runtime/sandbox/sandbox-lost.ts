/** A sandbox ended with what had started it: a fault of the machine or of whoever administers it, and none of the model. */
export class SandboxLost extends Error {
  override readonly name = "SandboxLost";

  constructor() {
    super("the process that starts sandboxes ended, and its sandboxes with it");
  }
}
