// Busy loops beside what is measured, one process each, at normal priority.

import { type ChildProcess, spawn } from 'node:child_process';

export class Hogs {
  readonly #children: ChildProcess[] = [];

  start(count: number): void {
    for (let i = 0; i < count; i++) {
      this.#children.push(spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
    }
  }

  stop(): void {
    for (const child of this.#children) child.kill('SIGKILL');
  }
}
