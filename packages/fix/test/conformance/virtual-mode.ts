// Runs a script without I/O on virtual time: when nothing is there to be expected,
// the clock jumps to the acceptor's next deadline.

import { Framer } from '../../src/index.ts';
import { compareMessage } from './comparison.ts';
import { EchoAcceptor } from './echo-acceptor.ts';
import type { Case } from './profile.ts';
import { completeMessage, expandTime, type Step } from './script.ts';

/** Longest wait for an expected message or disconnect, virtual time. */
const WAIT_US = 60_000_000;
/** Monday 2026-11-23, 10:00 UTC. */
const START_US = 1_795_428_000_000_000;

interface Line {
  readonly framer: Framer;
  closed: boolean;
}

class VirtualRun {
  #timeUs = START_US;
  readonly #lines = new Map<number, Line>();
  readonly #acceptor: EchoAcceptor;

  constructor(script: Case) {
    this.#acceptor = new EchoAcceptor(script.options, {
      write: (connection, bytes) => this.#line(connection).framer.push(bytes),
      close: (connection) => {
        this.#line(connection).closed = true;
      },
    });
  }

  #line(connection: number): Line {
    const line = this.#lines.get(connection);
    if (line === undefined) {
      throw new Error(`connection ${connection} was never opened`);
    }
    return line;
  }

  /** Lets time pass until `done` or the wait is over; returns whether it is done. */
  #waitFor(done: () => boolean): boolean {
    const limitUs = this.#timeUs + WAIT_US;
    while (!done()) {
      const deadlineUs = this.#acceptor.nextDeadlineUs();
      if (deadlineUs === undefined || deadlineUs > limitUs) {
        return false;
      }
      this.#timeUs = Math.max(this.#timeUs + 1, deadlineUs);
      this.#acceptor.tick(this.#timeUs);
    }
    return true;
  }

  /** What went wrong with a step; undefined when nothing did. */
  step(step: Step): string | undefined {
    switch (step.type) {
      case 'connect':
        this.#lines.set(step.connection, { framer: new Framer(), closed: false });
        this.#acceptor.connect(step.connection, this.#timeUs);
        return undefined;
      case 'disconnect':
        this.#acceptor.disconnect(step.connection, this.#timeUs);
        return undefined;
      case 'send':
        this.#acceptor.receive(
          step.connection,
          completeMessage(expandTime(step.text, this.#timeUs / 1000)),
          this.#timeUs,
        );
        return undefined;
      case 'sleep':
        this.#timeUs += step.ms * 1000;
        this.#acceptor.tick(this.#timeUs);
        return undefined;
      case 'set-session':
        setSession(this.#acceptor, step);
        return undefined;
      case 'expect':
        return this.#expect(step.connection, step.text);
      case 'expect-disconnect':
        return this.#expectDisconnect(step.connection);
      case 'quit':
        return undefined;
    }
  }

  #expect(connection: number, text: string): string | undefined {
    const line = this.#line(connection);
    let frame = line.framer.next();
    this.#waitFor(() => {
      frame ??= line.framer.next();
      return frame !== undefined || line.closed;
    });
    if (frame?.type !== 'message') {
      return `expected a message, ${line.closed ? 'the connection was closed' : 'received nothing'}`;
    }
    const faults = compareMessage(text, frame.bytes);
    return faults.length === 0 ? undefined : `${faults.join('; ')} in ${show(frame.bytes)}`;
  }

  #expectDisconnect(connection: number): string | undefined {
    const line = this.#line(connection);
    const silent = () => line.framer.pendingByteCount === 0;
    const closed = this.#waitFor(() => line.closed || !silent());
    if (!silent()) {
      const frame = line.framer.next();
      return `expected a disconnect, received ${frame?.type === 'message' ? show(frame.bytes) : 'bytes'}`;
    }
    return closed ? undefined : 'expected a disconnect, the connection stayed open';
  }
}

export function setSession(acceptor: EchoAcceptor, step: Step & { type: 'set-session' }): void {
  acceptor.session.setSequenceNumbers(
    step.name === 'NEXTSENDERSEQNUM' ? { nextOut: step.value } : { nextIn: step.value },
  );
}

export function show(frame: Buffer): string {
  return frame.toString('latin1').replaceAll('\u0001', '|');
}

/** What went wrong; undefined when the script passed. */
export function runVirtual(script: Case): string | undefined {
  const run = new VirtualRun(script);
  for (const step of script.steps) {
    if (step.type === 'quit') {
      return undefined;
    }
    const fault = run.step(step);
    if (fault !== undefined) {
      return `line ${step.line}: ${fault}`;
    }
  }
  return undefined;
}
