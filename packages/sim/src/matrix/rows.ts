/** All rows, in the order of the reference. */
import type { Row } from './row.ts';
import { MACHINE } from './rows/machine.ts';
import { ORDER_PATH } from './rows/order-path.ts';
import { REPORT_PATH } from './rows/report-path.ts';
import { TAKEOVER } from './rows/takeover.ts';
import { TWO_LEADERS } from './rows/two-leaders.ts';
import { VENUE_FAULTS } from './rows/venue-faults.ts';

export const ROWS: readonly Row[] = [
  ...ORDER_PATH,
  ...REPORT_PATH,
  ...TAKEOVER,
  ...TWO_LEADERS,
  ...VENUE_FAULTS,
  ...MACHINE,
].sort((a, b) => a.number - b.number);
