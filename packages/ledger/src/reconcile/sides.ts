/** Sides in the order of their numbers in encoded commands. */
import type { Side } from '../order-command.ts';

export const SIDES: readonly Side[] = ['buy', 'sell'];
