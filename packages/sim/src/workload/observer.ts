/**
 * Plays asks against the nodes and remembers when each was called and answered. What certainly had no effect is forgotten;
 * what may have had one, and was never answered, stays open for ever.
 */
import type { OrderView } from '@baton/ledger';
import type { CommandAnswer } from '@baton/node/core';
import { type Operation, OperationHistory } from '../linearizability/operation.ts';
import type { OrderInput, OrderOutput } from '../linearizability/order-model.ts';
import type { RegisterInput, RegisterOutput } from '../linearizability/register-model.ts';
import type { NodeFace } from '../world/node-face.ts';
import type { World } from '../world/world.ts';
import type { Ask } from './ask.ts';
import type { Client } from './client.ts';

/** Between observer and node, one way. */
const OBSERVER_MS = 0.1;
const NO_EFFECT: ReadonlySet<string> = new Set(['NOT_LEADING', 'BUSY']);
const OPEN: ReadonlySet<string> = new Set([
  'Held',
  'Sent',
  'Working',
  'PartiallyFilled',
  'PendingCancel',
  'PendingReplace',
  'InDoubt',
]);
/** More than any quantity that is ever ordered here. */
const ENDED = 1_000_000_000;

export class Observer {
  readonly registers = new OperationHistory<RegisterInput, RegisterOutput>();
  readonly looks = new OperationHistory<OrderInput, OrderOutput>();
  readonly #world: World;
  readonly #client: Client;

  constructor(world: World, client: Client) {
    this.#world = world;
    this.#client = client;
  }

  play(ask: Ask): void {
    const { nodes } = this.#world;
    const leader = nodes.find(({ core }) => core !== undefined && core.leadingTerm !== 0);
    const node = ask.node === 0 ? leader : nodes[ask.node - 1];
    if (node === undefined) return;
    if (ask.kind === 'write') this.#write(ask, node);
    else if (ask.kind === 'read') this.#read(ask, node);
    else this.#look(ask, node);
  }

  #write({ register, mode, value }: Ask, node: NodeFace): void {
    const input = { type: 'write', value } as const;
    const operation = this.registers.call(register, node.name, input, this.#world.nowUs);
    const settle = (answer: CommandAnswer): void => {
      if (answer.ok) this.registers.settle(operation, '', this.#world.nowUs);
      else if (NO_EFFECT.has(answer.code)) this.registers.forget(operation);
      else if (answer.code !== 'OUTCOME_UNKNOWN') throw new Error(`a register was refused: ${JSON.stringify(answer)}`);
    };
    this.#at(node, (core, reply) => {
      const command = { type: 'SetTradingState', scope: 'strategy', target: register, mode, reason: value } as const;
      core.proposer.external(command, (answer) => reply(() => settle(answer)));
    });
  }

  #read({ register, consistency }: Ask, node: NodeFace): void {
    const operation = this.registers.call(register, node.name, { type: 'read' }, this.#world.nowUs);
    this.#query(this.registers, operation, node, consistency, (core) => {
      const scope = core.ledger.risk().scopes.find((one) => one.scope === 'strategy' && one.target === register);
      return scope?.reason ?? '';
    });
  }

  #look({ pick, consistency }: Ask, node: NodeFace): void {
    const { orders } = this.#client;
    const [answer] = orders[Math.min(orders.length - 1, Math.floor(pick * orders.length))]?.answers ?? [];
    if (answer?.ok !== true) return;
    const { clOrdId } = answer;
    const operation = this.looks.call(clOrdId, node.name, { type: 'look' }, this.#world.nowUs);
    this.#query(this.looks, operation, node, consistency, (core) => distance(core.ledger.order(clOrdId)));
  }

  #query<Input, Output>(
    history: OperationHistory<Input, Output>,
    operation: Operation<Input, Output>,
    node: NodeFace,
    consistency: Ask['consistency'],
    query: (core: NonNullable<NodeFace['core']>) => Output,
  ): void {
    this.#at(node, (core, reply) => {
      const reading = core.replica?.read(() => query(core), { consistency });
      reading?.then((answer) =>
        reply(() => {
          if (answer.ok) history.settle(operation, answer.value, this.#world.nowUs);
        }),
      );
    });
  }

  /** Works at a node after a message's time; its reply takes as long, and does not come from a dead process. */
  #at(node: NodeFace, work: (core: NonNullable<NodeFace['core']>, reply: (hear: () => void) => void) => void): void {
    const { clock } = this.#world;
    clock.setTimer(OBSERVER_MS, () => {
      const { core, clock: process } = node;
      if (core === undefined) return;
      process.input(() =>
        work(core, (hear) => {
          if (process.isAlive) clock.setTimer(OBSERVER_MS, hear);
        }),
      );
    });
  }
}

/** How far an order has come: 0 unknown, then with what is filled, and furthest once it has ended. */
function distance(order: OrderView | undefined): number {
  if (order === undefined) return 0;
  return 1 + Number(order.cumQuantity) + (OPEN.has(order.state) ? 0 : ENDED);
}
