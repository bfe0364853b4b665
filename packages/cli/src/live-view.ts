/**
 * The terminal view of a running cluster: a table redrawn in place, the last failover, and the keys. Only drawn on a
 * terminal; elsewhere a line a change is written.
 */
import { createLogUpdate } from 'log-update';
import type { NodeReport } from './cluster-view.ts';
import { type OutputStream, styled, writeLine } from './command-output.ts';
import type { FailoverTimeline } from './failover.ts';
import { failoverLines } from './failover-text.ts';
import { changeLines } from './status-changes.ts';
import { type RestartCounts, statusTable } from './status-table.ts';

/** How a running cluster is shown. */
export interface ClusterDisplay {
  show(reports: readonly NodeReport[], restarts: RestartCounts): void;
  failover(timeline: FailoverTimeline): void;
  /** One line about something that happened now. */
  note(text: string): void;
  close(): void;
}

const NOTES_KEPT = 4;

export class LiveView implements ClusterDisplay {
  readonly #stream: OutputStream;
  readonly #draw: ReturnType<typeof createLogUpdate>;
  readonly #title: string;
  readonly #hints: readonly string[];
  #table = 'starting …';
  #failover: readonly string[] = [];
  #notes: string[] = [];

  constructor(stream: OutputStream, title: string, hints: readonly string[]) {
    this.#stream = stream;
    this.#draw = createLogUpdate(stream as NodeJS.WriteStream);
    this.#title = title;
    this.#hints = hints;
  }

  show(reports: readonly NodeReport[], restarts: RestartCounts): void {
    this.#table = statusTable(reports, this.#stream, restarts);
    this.#redraw();
  }

  failover(timeline: FailoverTimeline): void {
    this.#failover = ['last failover', ...failoverLines(timeline)];
    this.#redraw();
  }

  note(text: string): void {
    this.#notes = [...this.#notes, text].slice(-NOTES_KEPT);
    this.#redraw();
  }

  close(): void {
    this.#draw.done();
  }

  #redraw(): void {
    const bold = (text: string): string => styled(this.#stream, 'bold', text);
    const dim = (text: string): string => styled(this.#stream, 'dim', text);
    const [failoverTitle, ...failover] = this.#failover;
    const blocks = [
      [bold(this.#title)],
      [this.#table],
      failoverTitle === undefined ? [] : [bold(failoverTitle), ...failover],
      this.#notes.map(dim),
      this.#hints.map(dim),
    ];
    const filled = blocks.filter((block) => block.length > 0).map((block) => block.join('\n'));
    this.#draw(filled.join('\n\n'));
  }
}

/** One line a change, each with the time; for pipes, logs and CI. */
export class PlainView implements ClusterDisplay {
  readonly #stream: OutputStream;
  #before: readonly NodeReport[] = [];

  constructor(stream: OutputStream) {
    this.#stream = stream;
  }

  show(reports: readonly NodeReport[]): void {
    for (const line of changeLines(this.#before, reports)) this.note(line);
    this.#before = reports;
  }

  failover(timeline: FailoverTimeline): void {
    this.note('last failover:');
    for (const line of failoverLines(timeline)) writeLine(this.#stream, line);
  }

  note(text: string): void {
    writeLine(this.#stream, `${new Date().toISOString()} ${text}`);
  }

  close(): void {}
}
