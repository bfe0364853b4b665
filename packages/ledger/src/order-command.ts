/**
 * Commands for orders, asked for by strategies and clients: their fields and their bytes. `clientKey` makes a repeat
 * harmless (request.ts).
 */
import type { CommandFields } from './command-fields.ts';
import { CommandKind } from './command-kind.ts';
import { choice } from './configuration-encoding.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';

export type Side = 'buy' | 'sell';
export type OrderType = 'market' | 'limit';
export type TimeInForce = 'day' | 'ioc' | 'fok' | 'gtc';

export type OrderCommand =
  | {
      readonly type: 'SubmitOrder';
      /** The caller's idempotency key, unique per strategy; a repeat gets the first answer again. */
      readonly clientKey: string;
      readonly strategyId: string;
      readonly symbol: string;
      readonly side: Side;
      readonly orderType: OrderType;
      readonly timeInForce: TimeInForce;
      readonly quantity: string;
      /** Limit price; empty for a market order. */
      readonly price: string;
    }
  | {
      readonly type: 'CancelOrder';
      readonly clientKey: string;
      readonly strategyId: string;
      /** ClOrdID of any order in the chain, as answered to SubmitOrder. */
      readonly clOrdId: string;
    }
  | {
      readonly type: 'ReplaceOrder';
      readonly clientKey: string;
      readonly strategyId: string;
      readonly clOrdId: string;
      readonly quantity: string;
      readonly price: string;
    }
  /** Cancels every working order, of one strategy or ('') of all; of one venue or symbol where that is named. */
  | {
      readonly type: 'MassCancel';
      readonly clientKey: string;
      readonly strategyId: string;
      readonly venue?: string;
      readonly symbol?: string;
    }
  /** Asks the venue how an order stands (OrderStatusRequest, H); what it answers settles an order in doubt. */
  | { readonly type: 'QueryOrder'; readonly clientKey: string; readonly strategyId: string; readonly clOrdId: string }
  /** Makes an external order the strategy's own: it may then cancel and replace it, and has its fills from now on. */
  | {
      readonly type: 'ClaimExternal';
      readonly clientKey: string;
      readonly strategyId: string;
      readonly clOrdId: string;
    };

const SIDES: readonly Side[] = ['buy', 'sell'];
const ORDER_TYPES: readonly OrderType[] = ['market', 'limit'];
const TIMES_IN_FORCE: readonly TimeInForce[] = ['day', 'ioc', 'fok', 'gtc'];

export function writeOrderCommand(to: MsgpackWriter, command: OrderCommand): void {
  const head = (count: number): MsgpackWriter =>
    to.array(count).integer(CommandKind[command.type]).text(command.clientKey).text(command.strategyId);
  switch (command.type) {
    case 'SubmitOrder':
      head(9).text(command.symbol).integer(SIDES.indexOf(command.side)).integer(ORDER_TYPES.indexOf(command.orderType));
      to.integer(TIMES_IN_FORCE.indexOf(command.timeInForce)).text(command.quantity).text(command.price);
      return;
    case 'CancelOrder':
    case 'QueryOrder':
    case 'ClaimExternal':
      head(4).text(command.clOrdId);
      return;
    case 'ReplaceOrder':
      head(6).text(command.clOrdId).text(command.quantity).text(command.price);
      return;
    case 'MassCancel':
      head(5)
        .text(command.venue ?? '')
        .text(command.symbol ?? '');
  }
}

/** Undefined for a kind of another family. */
export function readOrderCommand(fields: CommandFields): OrderCommand | undefined {
  const { from } = fields;
  switch (fields.kind) {
    case CommandKind.SubmitOrder:
      fields.expect(9);
      return {
        type: 'SubmitOrder',
        clientKey: fields.name(),
        strategyId: fields.name(),
        symbol: fields.name(),
        side: choice(from, SIDES),
        orderType: choice(from, ORDER_TYPES),
        timeInForce: choice(from, TIMES_IN_FORCE),
        quantity: fields.decimal(),
        price: fields.decimal(),
      };
    case CommandKind.CancelOrder:
      return { type: 'CancelOrder', ...ofOneOrder(fields) };
    case CommandKind.QueryOrder:
      return { type: 'QueryOrder', ...ofOneOrder(fields) };
    case CommandKind.ClaimExternal:
      return { type: 'ClaimExternal', ...ofOneOrder(fields) };
    case CommandKind.ReplaceOrder:
      fields.expect(6);
      return {
        type: 'ReplaceOrder',
        clientKey: fields.name(),
        strategyId: fields.name(),
        clOrdId: fields.name(),
        quantity: fields.decimal(),
        price: fields.decimal(),
      };
    case CommandKind.MassCancel:
      return massCancel(fields);
    default:
      return undefined;
  }
}

function ofOneOrder(fields: CommandFields): {
  readonly clientKey: string;
  readonly strategyId: string;
  readonly clOrdId: string;
} {
  fields.expect(4);
  return { clientKey: fields.name(), strategyId: fields.name(), clOrdId: fields.name() };
}

function massCancel(fields: CommandFields): OrderCommand {
  fields.expect(5);
  const clientKey = fields.name();
  const strategyId = fields.name();
  const venue = fields.name();
  const symbol = fields.name();
  return {
    type: 'MassCancel',
    clientKey,
    strategyId,
    ...(venue === '' ? {} : { venue }),
    ...(symbol === '' ? {} : { symbol }),
  };
}
