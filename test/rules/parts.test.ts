import type { Content } from '../../src/model/entry';
import { hasPart } from '../../src/rules/parts';

const story: Content = {
  slug: 'guard',
  language: 'en',
  headline: 'A guard',
  summary: null,
  body: null,
  topics: ['Drugs', 'a/b~c'],
  timeline: [{ id: 'i1', event: null, claim: null, note: 'And so on.' }],
  cast: [],
  related: [],
};

it.each([
  ['', 'the whole'],
  ['/headline', 'a field'],
  ['/body', 'a field that holds nothing yet'],
  ['/timeline', 'a list'],
  ['/timeline/i1', 'an item by its id'],
  ['/timeline/i1/note', 'a field of an item'],
  ['/timeline/i1/event', 'a field of an item that holds nothing'],
  ['/topics/Drugs', 'a member of a set'],
  ['/topics/a~1b~0c', 'a member with signs that a path escapes'],
])('%p names a part of a story: %s', (path) => {
  expect(hasPart('STORY', story, path)).toBe(true);
});

it.each([
  ['headline', 'not a path'],
  ['/topics/a~2', 'not a path'],
  ['/', 'a field without a name'],
  ['/nothing', 'no field of a story'],
  ['/constructor', 'no field of a story'],
  ['/id', 'no field of a story'],
  ['/headline/0', 'within a line'],
  ['/body/0', 'within a text'],
  ['/timeline/0', 'an item by its place'],
  ['/timeline/i2', 'no item of it'],
  ['/timeline/i1/id', 'what is not revised'],
  ['/timeline/i1/note/x', 'within a note'],
  ['/cast/i1', 'an item of another list'],
  ['/topics/Courts', 'no member of it'],
  ['/topics/Drugs/x', 'within a member'],
])('%p names no part of it: %s', (path) => {
  expect(hasPart('STORY', story, path)).toBe(false);
});

it('Fields of groups are told as one, as differences tell them', () => {
  const event: Content = { language: 'en', title: 'An arrest', when: { edtf: '2014' } };
  expect(hasPart('EVENT', event, '/when')).toBe(true);
  expect(hasPart('EVENT', event, '/when/edtf')).toBe(false);
});
