import { sha256 } from '../../src/base/hash';
import type { TestNewsroom } from './newsroom';

const WORDS =
  'the guard denied that anybody had seen it at the airport when a minister spoke to reporters about two votes in December'.split(
    ' ',
  );

/** Numbers that look random and are the same in every run. */
export function makeRandom(seed = 1): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const writeSentence = (random: (below: number) => number): string => {
  const words = Array.from({ length: 8 + random(12) }, () => WORDS[random(WORDS.length)]);
  return `The ${words.join(' ')} ${random(10_000)}. `;
};

/** A long body in paragraphs of sentences, and edits of it as newsrooms make them. */
export class LongBody {
  readonly paragraphs: string[][] = [];
  private readonly removed: string[][] = [];

  constructor(
    characters: number,
    private readonly random = makeRandom(),
  ) {
    for (let length = 0; length < characters;) {
      const paragraph = Array.from({ length: 4 }, () => writeSentence(this.random));
      this.paragraphs.push(paragraph);
      length += paragraph.join('').length + 2;
    }
  }

  text(): string {
    return this.paragraphs.map((sentences) => `${sentences.join('').trimEnd()}\n\n`).join('');
  }

  /** One or two sentences anywhere are written anew, or a word of them. */
  editSentences(): void {
    for (let times = 1 + this.random(2); times > 0; times--) {
      const paragraph = this.paragraphs[this.random(this.paragraphs.length)] as string[];
      const place = this.random(paragraph.length);
      const old = paragraph[place] as string;
      paragraph[place] = this.random(2)
        ? writeSentence(this.random)
        : old.replace(/ \w+ /, ` word${this.random(1000)} `);
    }
  }

  /** A paragraph goes elsewhere, is taken out, or comes back. */
  editParagraphs(): void {
    const { paragraphs, removed, random } = this;
    const what = random(3);
    if (what === 0 && removed.length > 0)
      paragraphs.splice(random(paragraphs.length), 0, ...removed.splice(random(removed.length), 1));
    else {
      const [taken] = paragraphs.splice(random(paragraphs.length), 1) as [string[]];
      if (what === 1 && removed.length < 10) removed.push(taken);
      else paragraphs.splice(random(paragraphs.length), 0, taken);
    }
  }
}

/** Gives a story of one revision the rest of a long history, by SQL: revision n + 2 has the n-th of these bodies. All are public. */
export async function addRevisions(room: TestNewsroom, story: string, bodies: readonly string[]): Promise<void> {
  for (let from = 0; from < bodies.length; from += 100) {
    const some = bodies.slice(from, from + 100);
    await room.sql(
      `with given as (select * from unnest($2::text[], $3::text[]) with ordinality as g (hash, body, place)),
        kept as (insert into text (hash, body, links) select hash, body, '[]' from given on conflict do nothing)
      insert into revision (entry, number, format, parent, base, action, author, minor, content, hash, position, at, review, public_position, public_at)
        select entry, $4 + place, format, $4 + place - 1, $4 + place - 1, 'EDIT', author, false,
          jsonb_set(content::jsonb, '{body}', to_jsonb(g.hash))::json, md5(g.hash), position, at, 'ACCEPTED', position, at
        from revision r, given g where r.entry = $1 and r.number = 1`,
      [story, some.map(sha256), some, from + 1],
    );
  }
  await room.sql(`update entry set latest = $2, published = $2, accepted = $2 where id = $1`, [
    story,
    bodies.length + 1,
  ]);
  await room.sql(
    `update shown s set revision = r.number, content = r.content from revision r
      where s.entry = $1 and r.entry = $1 and r.number = $2`,
    [story, bodies.length + 1],
  );
}
