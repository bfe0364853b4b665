/** Single keys from a terminal, without Enter. Does nothing when standard input is no terminal. */
import { emitKeypressEvents, type Key } from 'node:readline';

/** Calls `onKey` with `k`, `q`, `ctrl-c`, …; returns how to give the terminal back. */
export function listenToKeys(onKey: (name: string) => void): () => void {
  const { stdin } = process;
  if (!stdin.isTTY) return () => {};
  emitKeypressEvents(stdin);
  const onKeypress = (_text: string | undefined, key: Key): void => {
    onKey(key.ctrl === true ? `ctrl-${key.name}` : (key.name ?? ''));
  };
  stdin.setRawMode(true);
  stdin.resume();
  stdin.on('keypress', onKeypress);
  return () => {
    stdin.off('keypress', onKeypress);
    stdin.setRawMode(false);
    stdin.pause();
  };
}
