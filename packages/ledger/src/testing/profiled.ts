/** The rig's venue by profile, and what venues of these profiles answer. */
import { findProfile } from '@baton/profiles';
import { CLOCK_SKEW_MAX_MS, type VenueChoices, type VenueConfiguration, venueFactsFrom } from '../index.ts';
import { Rig } from './rig.ts';
import { SIM } from './some-configuration.ts';

/** The configuration of a venue of that profile. */
export function profiled(
  name: string,
  changes: Partial<VenueConfiguration> = {},
  choices: Partial<VenueChoices> = {},
): VenueConfiguration {
  const profile = findProfile(name);
  if (profile === undefined) throw new Error(`no profile ${name}`);
  const { session } = profile;
  return {
    ...SIM,
    beginString: session.beginString,
    heartBtIntS: session.heartBtIntS.default,
    nextExpectedMsgSeqNum: session.nextExpectedMsgSeqNum,
    facts: venueFactsFrom(profile, {
      cancelOnDisconnect: false,
      receiveWindowMs: undefined,
      clockSkewMaxMs: CLOCK_SKEW_MAX_MS,
      ...choices,
    }),
    ...changes,
  };
}

/** Gate open at a venue of that profile. */
export function profiledRig(
  name: string,
  changes: Partial<VenueConfiguration> = {},
  choices: Partial<VenueChoices> = {},
): Rig {
  const rig = new Rig();
  rig.takeover();
  rig.configure({ venues: [profiled(name, changes, choices)] });
  rig.connect();
  rig.logon();
  return rig;
}

/** The question, H or AF, that was asked last: its id. */
export function lastQuestion(rig: Rig): string {
  const asked = rig.written().filter((text) => /^35=(?:H|AF) /.test(text));
  const id = / (?:790|584)=(\S+)/.exec(asked.at(-1) ?? '')?.[1];
  if (id === undefined) throw new Error('nothing was asked');
  return id;
}

/** Orders asked about since entry `from`, by whatever question. */
export function asked(rig: Rig, from = 0): string[] {
  return rig.history.slice(from).flatMap(({ effects }) =>
    effects.flatMap((effect) => {
      if (effect.type === 'AskVenue') return effect.clOrdIds;
      if (effect.type !== 'SendFix' || (effect.msgType !== 'H' && effect.msgType !== 'AF')) return [];
      const fields = Buffer.from(effect.body).toString('latin1').split('\u0001');
      return fields.filter((field) => field.startsWith('11=')).map((field) => field.slice(3));
    }),
  );
}
