/** Questions that one pass answers; more wait for the next. */
const LARGEST_PASS = 64;

interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Answers questions in passes that cost about the same for one as for many: those that come while a pass is under way
 * share the next. A pass that fails is repeated for each question alone, so that nobody pays for another's fault.
 */
export class SharedPasses<Question, Answer> {
  #waiting: Waiting<Question, Answer>[] = [];
  #isRunning = false;

  /** @param pass answers several questions, in their order */
  constructor(private readonly pass: (questions: readonly Question[]) => Promise<readonly Answer[]>) {}

  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ question, resolve, reject });
      if (this.#isRunning) return;
      this.#isRunning = true;
      setImmediate(() => void this.#run()); // whoever asks at the same moment comes along
    });
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) await this.#answer(this.#waiting.splice(0, LARGEST_PASS));
    this.#isRunning = false;
  }

  async #answer(asked: readonly Waiting<Question, Answer>[]): Promise<void> {
    try {
      const answers = await this.pass(asked.map(({ question }) => question));
      asked.forEach(({ resolve }, i) => resolve(answers[i]!));
    } catch (error) {
      if (asked.length === 1) asked[0]!.reject(error);
      else for (const one of asked) await this.#answer([one]);
    }
  }
}
