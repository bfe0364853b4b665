// What a wire throws: mistakes of its owner and of the machine at start. Everything later is an event.

export class WireError extends Error {
  readonly code: 'BATON_WIRE_LISTEN' | 'BATON_WIRE_OPTION';

  constructor(code: WireError['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'WireError';
    this.code = code;
  }
}
