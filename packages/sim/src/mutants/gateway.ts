/** Seeded bugs of gate, gateway and the way into the log. */
import type { Mutant } from './mutant.ts';

export const GATEWAY_MUTANTS: readonly Mutant[] = [
  {
    name: 'the gate ignores the lease',
    file: 'node/src/gate/gate.ts',
    find: "this.#facts.leaseRemainingUs() > 0 ? 'open' : 'lease-unconfirmed'",
    replace: "'open'",
  },
  {
    name: 'what waited for the lease is written without asking for it again',
    file: 'node/src/gateway/outbound.ts',
    find: "    if (answer === 'lease-unconfirmed') return false;\n    if (answer !== 'open') {",
    replace:
      "    if (answer === 'lease-unconfirmed' && this.#waiting.length === 0) return false;\n    if (answer !== 'open' && answer !== 'lease-unconfirmed') {",
  },
  {
    name: 'keeps its line to the venue after it was deposed',
    file: 'node/src/gateway/gateway.ts',
    find: '    this.#forgetConnection();\n    connection?.resetAndDestroy();',
    replace: '    this.#forgetConnection();',
  },
  {
    name: 'does not tell the log that the line is gone',
    file: 'node/src/gateway/gateway.ts',
    find: 'const announced = this.#announced;',
    replace: 'const announced = false;',
  },
  {
    name: 'announces a line under the number of an older one',
    file: 'node/src/gateway/gateway.ts',
    find: '    pace?.note();\n',
    replace: '    pace?.note();\n    if (this.#connectionCount > 0) this.#connectionCount -= 1;\n',
  },
  {
    name: 'loses what a venue sent while the entry before it was under way',
    file: 'node/src/gateway/gateway.ts',
    find: '      const settled = flow.begin();\n',
    replace:
      '      if (this.#redialMs === REDIAL_FIRST_MS && frame.bytes.length % 7 === 0) continue;\n      const settled = flow.begin();\n',
  },
];
