import { transliterate } from 'transliteration';
import { isUuid } from '../base/node-id';
import { quoted } from './text';

const LONGEST = 80;
const CANONICAL = /^[a-z0-9]+(-[a-z0-9]+)*$/;

// As typed, and as the transliteration writes letters such as the Russian soft sign and the Hebrew ayin.
const APOSTROPHES = /['`´‘’‛′ʹʻʼʽʾʿ՚׳＇]/gu;

/**
 * The slug that a title suggests: lower-case ASCII words with hyphens, from any script, at most 80 characters, cut between
 * words. Never empty: a title with nothing to keep, such as one of emoji alone, gives `untitled`. Never a UUID, which
 * stands for an id. Says nothing about whether the slug is free.
 */
export function slugFrom(title: string): string {
  const slug = cut(wordsOf(title), LONGEST) || 'untitled';
  return isUuid(slug) ? `id-${slug}` : slug;
}

/** The slug with a number for when it is taken: `x` and 2 give `x-2`. Makes room for the number within 80 characters. */
export function numberedSlug(slug: string, n: number): string {
  const suffix = `-${n}`;
  return cut(slug, LONGEST - suffix.length) + suffix;
}

/** Why a slug that an editor chose cannot be had, with the one that can; null where it is fine. Not whether it is free. */
export function slugProblem(slug: string): string | null {
  if (slug === '') return 'The slug is empty.';
  if (isUuid(slug.toLowerCase())) return `The slug ${quoted(slug)} looks like an id; choose words.`;
  if (slug.length <= LONGEST && CANONICAL.test(slug)) return null;
  if (wordsOf(slug) === '') return `The slug ${quoted(slug)} has no letters or digits.`;
  const why =
    slug.length > LONGEST
      ? `has ${slug.length} characters; at most ${LONGEST} are allowed`
      : 'is not made of lower-case ASCII letters and digits with single hyphens between them';
  return `The slug ${quoted(slug)} ${why}. Try ${slugFrom(slug)}.`;
}

function wordsOf(title: string): string {
  // Apostrophes first: NFKC makes of U+00B4 a space with an accent. NFKC, so that titles that compare equal give one slug
  // and letters such as the mathematical ones, which the transliteration lacks, are kept.
  const latin = transliterate(title.replace(APOSTROPHES, '').normalize('NFKC'));
  return latin
    .replace(APOSTROPHES, '')
    .replaceAll('&', ' and ')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
    .replaceAll(' ', '-');
}

function cut(slug: string, longest: number): string {
  if (slug.length <= longest) return slug;
  const boundary = slug.lastIndexOf('-', longest);
  return slug.slice(0, boundary > 0 ? boundary : longest);
}
