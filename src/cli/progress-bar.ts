const WIDTH = 28;

/** One line on stderr that moves; on something that is no terminal, a line for every tenth part. */
export class ProgressBar {
  #lastTenth = -1;

  constructor(
    private readonly label: string,
    private readonly stream: NodeJS.WriteStream = process.stderr,
  ) {}

  update(done: number, total: number, what = ""): void {
    const part = total === 0 ? 1 : done / total;
    const count = `${String(done).padStart(String(total).length)}/${total}`;
    if (this.stream.isTTY) {
      const filled = Math.round(part * WIDTH);
      const bar = "#".repeat(filled) + "-".repeat(WIDTH - filled);
      this.stream.write(
        `\r\u001b[K${this.label} [${bar}] ${count} ${what}`.slice(0, this.stream.columns || undefined),
      );
      return;
    }
    const tenth = Math.floor(part * 10);
    if (tenth === this.#lastTenth) return;
    this.#lastTenth = tenth;
    this.stream.write(`${this.label} ${count}\n`);
  }

  end(): void {
    if (this.stream.isTTY) this.stream.write("\n");
  }
}
