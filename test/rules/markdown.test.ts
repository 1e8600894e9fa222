import { renderMarkdown, type Resolve, wikiTargetsIn } from '../../src/rules/markdown';

const known: Resolve = ({ kind, target }) =>
  target === 'hugo-carvajal'
    ? { id: '5d2f1f0e-0000-4000-8000-000000000001', href: `/${kind.toLowerCase()}/${target}`, title: 'Hugo Carvajal' }
    : target === 'not-there-yet'
      ? 'wanted'
      : 'plain';

const LINK = (label: string): string =>
  `<a class="wiki-link" href="/actor/hugo-carvajal" data-entry="5d2f1f0e-0000-4000-8000-000000000001">${label}</a>`;

describe('rendering Markdown', () => {
  it.each([
    ['a wiki link with a label', '[[actor:hugo-carvajal|The general]]', LINK('The general')],
    ['a wiki link without one bears the title', '[[actor:hugo-carvajal]]', LINK('Hugo Carvajal')],
    ['the kind and slug as an editor might type them', '[[actor: Hugo-Carvajal |x]]', LINK('x')],
    ['an unknown slug for editors', '[[actor:not-there-yet|x]]', '<span class="wanted-link">x</span>'],
    ['an unknown slug for the public is plain text', '[[actor:somebody|Some <b>body]]', 'Some &lt;b&gt;body'],
    ['nothing can have such a slug', '[[actor:#?!|x]]', 'x'],
    ['a claim that is no id', '[[claim:maduro|x]]', 'x'],
    ['a kind that cannot be linked', '[[user:root|x]]', '[[user:root|x]]'],
    ['code keeps its brackets', '`[[actor:hugo-carvajal]]`', '<code>[[actor:hugo-carvajal]]</code>'],
    [
      'a wiki link in a link: of two links the inner one is it, as everywhere in CommonMark',
      '[see [[actor:hugo-carvajal|him]]](https://example.org)',
      `[see ${LINK('him')}](https://example.org)`,
    ],
    ['HTML of the author', '<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['an inline handler', '<img src=x onerror=alert(1)>', '&lt;img src=x onerror=alert(1)&gt;'],
    ['a scheme that runs', '[x](javascript:alert(1))', '[x](javascript:alert(1))'],
    ['a scheme in disguise', '[x](JaVaScRiPt&colon;alert(1))', '[x](JaVaScRiPt:alert(1))'],
    ['data', '[x](data:text/html,hi)', '[x](data:text/html,hi)'],
    ['an open scheme', '[x](https://example.org/?a=1&b=2)', '<a href="https://example.org/?a=1&amp;b=2">x</a>'],
    ['emphasis', '**bold** and *so*', '<strong>bold</strong> and <em>so</em>'],
  ])('%s', (_name, text, html) => {
    expect(renderMarkdown(text, known)).toBe(`<p>${html}</p>\n`);
  });
});

describe('wiki links of a text', () => {
  it('are told once each, in order, without those in code', () => {
    const text =
      '[[event:one]] [[actor:two|x]] `[[actor:code]]` [[event:one|again]]\n\n    [[actor:block]]\n\n- [[claim:no-id]]';
    expect(wikiTargetsIn(text)).toEqual([
      { kind: 'EVENT', target: 'one' },
      { kind: 'ACTOR', target: 'two' },
    ]);
  });
});
