// What nodes say to each other about who may take part (admission.ts), in bytes: JSON, a few fields, a few times.
//
// Rule decided here: what does not check is null and counts as lost; whoever asked asks again.

import { decodeJson, encodeJson } from './json-bytes.ts';

export type AdmissionVerdict =
  /** The answering founder takes no part yet either: it has counted nothing. */
  | 'not-admitted'
  /** This very disk is known. */
  | 'known'
  /** The id took part from another disk. */
  | 'another'
  /** Nothing to say now. */
  | 'ask-again';

export type AdmissionMessage =
  /** `own`: identity of the sender's disk. `isBlank`: it is not admitted, and holds nothing. */
  | { readonly kind: 'ask'; readonly own: string; readonly isFounder: boolean; readonly isBlank: boolean }
  /** `asker`: the identity that is judged. */
  | { readonly kind: 'answer'; readonly own: string; readonly asker: string; readonly verdict: AdmissionVerdict };

const BYTES_MAX = 1024;
const VERDICTS: readonly unknown[] = ['not-admitted', 'known', 'another', 'ask-again'] satisfies AdmissionVerdict[];

export function encodeAdmission(message: AdmissionMessage): Uint8Array {
  return encodeJson(message);
}

export function decodeAdmission(bytes: Uint8Array): AdmissionMessage | null {
  if (bytes.length > BYTES_MAX) return null;
  const value = decodeJson(bytes);
  if (typeof value !== 'object' || value === null) return null;
  const { kind, own, isFounder, isBlank, asker, verdict } = value as Record<string, unknown>;
  if (typeof own !== 'string') return null;
  if (kind === 'ask' && typeof isFounder === 'boolean' && typeof isBlank === 'boolean')
    return { kind, own, isFounder, isBlank };
  if (kind === 'answer' && typeof asker === 'string' && VERDICTS.includes(verdict))
    return { kind, own, asker, verdict: verdict as AdmissionVerdict };
  return null;
}
