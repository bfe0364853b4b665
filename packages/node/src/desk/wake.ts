/** One alarm of a runner, on this thread's timers. */
export class Wake {
  readonly #nowUs: () => number;
  readonly #ring: () => void;
  #atUs: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(nowUs: () => number, ring: () => void) {
    this.#nowUs = nowUs;
    this.#ring = ring;
  }

  at(timeUs: number | undefined): void {
    if (timeUs === this.#atUs) return;
    clearTimeout(this.#timer);
    this.#atUs = timeUs;
    if (timeUs === undefined) return;
    const delayMs = Math.max(0, Math.ceil((timeUs - this.#nowUs()) / 1000));
    this.#timer = setTimeout(() => {
      this.#atUs = undefined;
      this.#ring();
    }, delayMs);
  }
}
