/** What a command asks, in one line for people. Orders are named by what their owner calls them. */
import { parseMessage, Tag } from '@baton/fix';
import type { DecodedCommand } from '@baton/ledger';

export function commandText(command: DecodedCommand): string {
  switch (command.type) {
    case 'SubmitOrder': {
      const { strategyId, clientKey, side, quantity, symbol, price, timeInForce } = command;
      const at = price === '' ? 'at market' : `at ${price}`;
      return `${strategyId}${authorText(command)} wants to ${side} ${quantity} ${symbol} ${at}, ${timeInForce} (clientKey ${clientKey})`;
    }
    case 'CancelOrder':
      return `${command.strategyId} wants to cancel ${command.clOrdId} (clientKey ${command.clientKey})`;
    case 'ReplaceOrder': {
      const { strategyId, clOrdId, quantity, price, clientKey } = command;
      return `${strategyId} wants ${clOrdId} replaced by ${quantity} at ${price} (clientKey ${clientKey})`;
    }
    case 'InboundFix':
      return `from ${command.venue}: ${fixText(command.bytes)}`;
    case 'ClientInbound':
      return `from client ${command.client}: ${fixText(command.bytes)}`;
    case 'TransportUp':
      return `connected to ${command.venue} (connection ${command.connectionId})`;
    case 'TransportDown':
      return `connection ${command.connectionId} to ${command.venue} ended: ${command.reason}`;
    case 'TakeoverStarted':
      return `node ${command.node} leads: barrier`;
    default:
      return deploymentText(command) ?? otherText(command);
  }
}

/** What people ask of strategies: who, and why, is the audit. */
function deploymentText(command: DecodedCommand): string | undefined {
  switch (command.type) {
    case 'DeployStrategy': {
      const { digest, parameters, strategyId, version } = command;
      return `${signed(command)} deploys ${strategyId} ${version} (${digest.slice(0, 12)}) with ${parameters}`;
    }
    case 'PromoteStrategy':
      return `${signed(command)} promotes deployment ${command.deployment} of ${command.strategyId}`;
    case 'RollbackStrategy':
      return `${signed(command)} rolls ${command.strategyId} back from deployment ${command.from}`;
    case 'SetStrategyParameters':
      return `${signed(command)} sets parameters of ${command.strategyId}.${command.deployment}: ${command.parameters}`;
    case 'PauseStrategies': {
      const what = command.strategyId === '' ? 'all strategies' : command.strategyId;
      return `${signed(command)} ${command.paused ? 'pauses' : 'resumes'} ${what}`;
    }
    case 'RemoveStrategy':
      return `${signed(command)} removes deployment ${command.deployment} of ${command.strategyId}`;
    default:
      return undefined;
  }
}

/** The version of the strategy that asks, where there was more than one. */
function authorText({ author = 0 }: { readonly author?: number }): string {
  return author === 0 ? '' : `.${author}`;
}

function signed({ by, reason }: { readonly by: string; readonly reason: string }): string {
  return `${by === '' ? 'somebody' : by}${reason === '' ? '' : ` (${reason})`}`;
}

/** Every field of a command that has no sentence of its own, bytes and lists by their size. */
function otherText(command: DecodedCommand): string {
  const fields = Object.entries(command)
    .filter(([name]) => name !== 'type')
    .map(([name, value]) => `${name}=${valueText(value)}`);
  return fields.join(' ');
}

function valueText(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value === 'object' && value !== null) return '{…}';
  return String(value);
}

const TEXT_SHOWN_MAX = 120;

/** Fields that say what a message means, in the order in which they are told. */
const TOLD = [
  Tag.MsgSeqNum,
  Tag.PossDupFlag,
  Tag.ClOrdID,
  Tag.OrigClOrdID,
  Tag.ExecType,
  Tag.OrdStatus,
  Tag.ExecID,
  Tag.LastQty,
  Tag.LastPx,
  Tag.CumQty,
  Tag.NextExpectedMsgSeqNum,
  Tag.BeginSeqNo,
  Tag.NewSeqNo,
  Tag.Text,
] as const;

/** One FIX message by its telling fields: `35=8 34=92 43=Y 11=A1 150=F …`. Passwords and signatures are not among them. */
export function fixText(bytes: Uint8Array): string {
  const message = parseMessage(bytes);
  if (message.fault !== undefined) return `${bytes.length} bytes that are no FIX message`;
  const told = [`35=${message.msgType}`];
  for (const tag of TOLD) {
    const value = message.getString(tag);
    if (value !== undefined) told.push(`${tag}=${printable(value)}`);
  }
  return told.join(' ');
}

/** What a venue wrote must not be able to steer a terminal. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '.').slice(0, TEXT_SHOWN_MAX);
}
