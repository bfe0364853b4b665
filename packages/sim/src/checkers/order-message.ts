/** MsgTypes that create, change or end orders: who may write them, and when, is what several checkers watch. */
const ORDER_TYPES: ReadonlySet<string> = new Set(['D', 'F', 'G', 'q']);

export function isOrderMessage(msgType: string): boolean {
  return ORDER_TYPES.has(msgType);
}
