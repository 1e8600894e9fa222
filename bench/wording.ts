import type { Random } from './random';

const NAMES = `Ana Luis Marta Hugo Carmen Pedro Nadia Omar Elena Tomas Irina Kofi Mei Jonas Leyla Victor`.split(' ');
const SURNAMES =
  `Salcedo Marin Okafor Lindqvist Petrov Haddad Moreau Castellanos Ibarra Novak Tanaka Ferreira Duarte Kaya Weiss Arnaud Quiroga Demir`.split(
    ' ',
  );
const BODIES = `Ministry Agency Institute Council Bank Union Court Assembly Company Foundation`.split(' ');
const PLACES = `Caracas Lisbon Nairobi Odessa Quito Lagos Tbilisi Manila Tunis Riga Panama Geneva`.split(' ');
const SUBJECTS =
  `minister prosecutor general envoy governor banker witness lawyer senator diplomat insider regulator`.split(' ');
const VERBS = `denies confirms leaves orders joins rejects signs questions announces delays investigates defends`.split(
  ' ',
);
const OBJECTS =
  `inquiry sanctions budget contract talks shipment testimony ceasefire merger arrest ruling report`.split(' ');
const SMALL_WORDS =
  `the of and after before over according to officials who said that evidence had been kept from public view while negotiations in capital continued under pressure`.split(
    ' ',
  );

export const personName = (random: Random): string => `${random.pick(NAMES)} ${random.pick(SURNAMES)}`;
export const bodyName = (random: Random): string => `${random.pick(PLACES)} ${random.pick(BODIES)}`;
export const placeName = (random: Random): string => random.pick(PLACES);

/** A headline of a few words. */
export const headline = (random: Random): string =>
  `${random.pick(PLACES)} ${random.pick(SUBJECTS)} ${random.pick(VERBS)} ${random.pick(OBJECTS)} of ${random.pick(SURNAMES)} after ${random.pick(OBJECTS)} and ${random.pick(OBJECTS)}`;

/** Words for an address; not unique. */
export const addressWords = (random: Random): string =>
  `${random.pick(SUBJECTS)}-${random.pick(VERBS)}-${random.pick(OBJECTS)}`;

/** One sentence of about so many words. */
export function sentence(random: Random, words: number): string {
  const parts = [random.pick(SURNAMES)];
  for (let count = 2; count < words; count++)
    parts.push(random.oneIn(3) ? random.pick(OBJECTS) : random.pick(SMALL_WORDS));
  return `${parts.join(' ')} ${random.pick(OBJECTS)}.`;
}

/** Paragraphs of a few sentences each; a paragraph has about 300 characters. */
export const paragraphs = (random: Random, count: number): string =>
  Array.from({ length: count }, () =>
    Array.from({ length: 3 }, () => sentence(random, 8 + random.below(12))).join(' '),
  ).join('\n\n');
