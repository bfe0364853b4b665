/** The scribe's end of its line to the core. Its end is the core's end. */
import { connect, type Socket } from 'node:net';
import { DeskFrameReader, encodeDeskFrame } from '../desk/frame.ts';
import type { CoreWord, ScribeWord } from './protocol.ts';

export interface CoreLineHooks {
  readonly opened: () => void;
  readonly ended: () => void;
  readonly heard: (word: CoreWord) => void;
}

export class CoreLine {
  readonly #path: string;
  readonly #hooks: CoreLineHooks;
  #socket: Socket | undefined;

  constructor(path: string, hooks: CoreLineHooks) {
    this.#path = path;
    this.#hooks = hooks;
  }

  open(): void {
    const socket = connect(this.#path);
    const reader = new DeskFrameReader();
    this.#socket = socket;
    socket.on('connect', this.#hooks.opened);
    socket.on('data', (bytes: Buffer) => {
      for (const word of reader.push(bytes)) this.#hooks.heard(word as CoreWord);
    });
    socket.on('error', () => {});
    socket.on('close', this.#hooks.ended);
  }

  say(word: ScribeWord): void {
    this.#socket?.write(encodeDeskFrame(word));
  }
}
