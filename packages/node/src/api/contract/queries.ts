/**
 * What may be asked of a list, by route: for `/openapi.json` only. The core reads queries by hand and takes what it cannot
 * read for not given; tests of the lists keep both together.
 */
import { z } from 'zod';

const whole = z.int().min(0);
const limit = z.int().min(1).max(500).describe('so many at most; left out: as many as a page may have');
const words = z.string().max(512);

export const QUERIES: Readonly<Record<string, Readonly<Record<string, z.ZodType>>>> = {
  '/orders': {
    limit,
    state: words.describe('only orders in this state'),
    after: whole.describe('open orders that later entries created: createdIndex of the last one of a page'),
    skip: whole.describe('closed orders further back: how many newer ones were told'),
  },
  '/fills': {
    limit,
    after: whole.describe('fills of later entries: index of the last one of a page'),
    newest: whole.describe('the last so many of each venue instead'),
  },
  '/takeovers': {
    limit: z.int().min(1).max(20),
    before: whole.describe('those before this number: n of the first one of a page'),
  },
  '/timers': {
    limit,
    afterDueUs: whole.describe('timers that fire later: dueUs of the last one of a page'),
    after: whole.describe('with afterDueUs: setIndex of the last one of a page'),
  },
  '/reconciliation': {
    limit,
    after: whole.describe('findings of later entries: firstIndex of the last one of a page'),
  },
  '/risk': {
    limit: limit.describe('so many scopes, headrooms and reference prices at most'),
    skip: whole.describe('without the first so many of each'),
  },
  '/log': {
    after: whole.describe('what came after this entry'),
    limit: whole,
    newest: whole.describe('the last so many updates instead'),
    types: words.describe('only updates of these types, with commas'),
  },
};
