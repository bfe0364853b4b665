/**
 * Applies a Configure command: the configuration is checked as a whole, sessions of new venues are created, and what
 * exists keeps running under the new figures. A refused configuration changes nothing.
 */
import { resolveSessionOptions, SessionOptionsError } from '@baton/fix';
import { makeClient } from './client-session.ts';
import type { Configuration, VenueConfiguration } from './command.ts';
import { overlaid } from './configuration-overlay.ts';
import { resolveConfiguration } from './configured.ts';
import { denied, done } from './denial.ts';
import { joinRecovery } from './doubt.ts';
import type { CommandResult } from './event.ts';
import type { LedgerState } from './ledger-state.ts';
import { raisePrefix } from './reconcile/incarnation.ts';
import { joinRun } from './recovery-run.ts';
import { reachPhase } from './takeover.ts';
import { makeVenue, sessionOptions } from './venue-line.ts';

/** The file of a leader. What was changed by key since an earlier file stays above it, as limits set by command do. */
export function applyConfigure(state: LedgerState, file: Configuration): CommandResult {
  const { operations } = state;
  const changed = overlaid(file, operations.overrides);
  const result = changed.ok ? adopt(state, changed.configuration) : denied('BAD_VALUE');
  if (!result.ok) {
    const plain = adopt(state, file);
    if (!plain.ok) return plain;
    if (operations.overrides.size > 0) {
      state.alarm(
        'CONFIGURATION_CHANGES_DROPPED',
        'what was set by key does not fit the new file: the file counts alone',
      );
    }
    operations.overrides.clear();
  }
  operations.file = file;
  const { index, timeUs } = state.entry;
  const version = state.risk.configurationVersion;
  operations.note({ version, index, timeUs, key: '(file)', before: '', after: '', reason: '' });
  return done();
}

/** Puts a configuration in force, or refuses it as a whole. */
export function adopt(state: LedgerState, configuration: Configuration): CommandResult {
  const outcome = resolveConfiguration(configuration, state.configured);
  if (!outcome.ok) return denied('BAD_COMMAND', `configuration refused: ${outcome.text}`);
  const fault = findSessionFault(configuration.venues);
  if (fault !== undefined) return denied('BAD_COMMAND', `configuration refused: ${fault}`);
  state.configured = outcome.configured;
  raisePrefix(state);
  adoptLimits(state, configuration);
  for (const venue of configuration.venues) {
    const known = state.venues.get(venue.venue);
    if (known === undefined) addVenue(state, venue);
    else known.configuration = venue;
  }
  for (const client of configuration.clients ?? []) {
    const known = state.clients.get(client.client);
    if (known === undefined) state.clients.set(client.client, makeClient(client, state.clientOrderArchive));
    else known.configuration = client;
  }
  state.emit({
    type: 'ConfigurationSet',
    incarnation: configuration.incarnation,
    version: state.risk.configurationVersion,
  });
  return done();
}

/** Limits set by command stay; a line in the trail says which version of the configuration came when. */
function adoptLimits(state: LedgerState, configuration: Configuration): void {
  const { risk } = state;
  const { index, timeUs } = state.entry;
  risk.configurationVersion += 1;
  risk.configure(configuration);
  state.positions.followLevels(() => state.orders.open());
  const value = `version ${risk.configurationVersion}`;
  risk.note({ index, timeUs, command: 'Configure', scope: 'global', target: '', value, reason: '' });
}

/** Bounds of the session's options, found before anything changes. */
function findSessionFault(venues: readonly VenueConfiguration[]): string | undefined {
  try {
    for (const venue of venues) resolveSessionOptions(sessionOptions(venue, venue.senderCompId));
    return undefined;
  } catch (error) {
    if (error instanceof SessionOptionsError) return error.message;
    throw error;
  }
}

function addVenue(state: LedgerState, configuration: VenueConfiguration): void {
  const venue = makeVenue(state, configuration);
  venue.fillsKnownFromUs = state.entry.timeUs;
  state.venues.set(configuration.venue, venue);
  joinRun(state, configuration.venue);
  // Configured after the barrier of this term: its takeover begins here.
  if (state.takeoverTerm === 0) return;
  joinRecovery(state, venue);
  reachPhase(state, venue, 'Barrier');
}
