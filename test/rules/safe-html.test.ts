import fc from 'fast-check';
import { renderMarkdown, type Resolve } from '../../src/rules/markdown';
import { busyMs } from '../support/busy';

const resolve: Resolve = ({ kind, target }) =>
  target.includes('known')
    ? {
        id: '5d2f1f0e-0000-4000-8000-000000000001',
        href: `/${kind.toLowerCase()}/${target}`,
        title: `"><script>alert(1)</script>`,
      }
    : target.includes('wanted')
      ? 'wanted'
      : 'plain';

/** What CommonMark makes, with the attributes that it gives. */
const ALLOWED: Record<string, readonly string[]> = {
  p: [],
  a: ['href', 'title', 'class', 'data-entry'],
  img: ['src', 'alt', 'title'],
  span: ['class'],
  code: ['class'],
  ol: ['start'],
  ...Object.fromEntries(
    ['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'em', 'strong', 'ul', 'li', 'pre', 'blockquote', 'hr', 'br'].map((tag) => [
      tag,
      [],
    ]),
  ),
};
const VOID = new Set(['img', 'hr', 'br']);
const ADDRESS = /^(https?:\/\/|mailto:|\/(actor|story|event|claim)\/[a-z0-9-]+$)/i;
const TAG = /<(\/?)([a-z][a-z0-9]*)((?: [a-z-]+="[^"<>]*")*)( ?\/)?>/y;

const decode = (text: string): string =>
  text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** Reads HTML as strictly as can be; throws at whatever CommonMark does not make, and at links that could run. */
function assertSafe(html: string): void {
  const open: string[] = [];
  for (let index = html.indexOf('<'); index >= 0; index = html.indexOf('<', index)) {
    TAG.lastIndex = index;
    const tag = TAG.exec(html);
    if (!tag) throw new Error(`not a tag: ${html.slice(index, index + 60)}`);
    const [whole, closing, name, attributes] = tag as unknown as [string, string, string, string];
    if (!Object.hasOwn(ALLOWED, name)) throw new Error(`a tag <${name}>`);
    for (const [, attribute, value] of attributes.matchAll(/ ([a-z-]+)="([^"]*)"/g)) {
      if (!ALLOWED[name]?.includes(attribute as string)) throw new Error(`an attribute ${attribute} of <${name}>`);
      if (attribute === 'href' || attribute === 'src') assertAddress(decode(value as string));
    }
    if (name === 'a' && !closing && open.includes('a')) throw new Error('a link in a link');
    if (closing) {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing`);
    } else if (!VOID.has(name)) open.push(name);
    index += whole.length;
  }
  if (open.length > 0) throw new Error(`left open: ${open.join(', ')}`);
  if (/[<>]/.test(html.replace(/<[^<>]*>/g, ''))) throw new Error('a bracket that is not escaped');
}

function assertAddress(address: string): void {
  // eslint-disable-next-line no-control-regex
  if (!ADDRESS.test(address) || /[\u0000-\u0020<>"\\]/.test(address)) throw new Error(`an address ${address}`);
}

const VECTORS = [
  '<script>alert(1)</script>',
  '<ScRiPt src=//evil.example></sCrIpT>',
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  '<svg><style>{font-family:"<iframe/onload=confirm(1)>"',
  '<iframe srcdoc="<script>alert(1)</script>">',
  '<a href="javascript:alert(1)">x</a>',
  '<a\nhref="javascript:alert(1)">x</a>',
  '<!--><img src=x onerror=alert(1)>-->',
  '<![CDATA[<script>alert(1)</script>]]>',
  '<?php echo 1 ?>',
  '<!DOCTYPE html><script>alert(1)</script>',
  '<div>\n<script>alert(1)</script>\n</div>',
  '<style>@import "//evil.example"</style>',
  '<meta http-equiv="refresh" content="0;url=javascript:alert(1)">',
  '<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
  '<base href="//evil.example">',
  '<input autofocus onfocus=alert(1)>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x]( javascript:alert(1))',
  '[x](<javascript:alert(1)>)',
  '[x](< javascript:alert(1)>)',
  '[x](<java\tscript:alert(1)>)',
  '[x](\u0001javascript:alert(1))',
  '[x](javascript&colon;alert(1))',
  '[x](javascript&#58;alert(1))',
  '[x](&#x6A;&#x61;vascript:alert(1))',
  '[x](&#106;avascript:alert%281%29)',
  '[x](java&NewLine;script:alert(1))',
  '[x](java&Tab;script:alert(1))',
  '[x](%6Aavascript:alert(1))',
  '[x](\\javascript:alert(1))',
  '[x](vbscript:msgbox(1))',
  '[x](VBSCRIPT:msgbox(1))',
  '[x](data:text/html,<script>alert(1)</script>)',
  '[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)',
  '![x](data:image/svg+xml;base64,PHN2Zz4=)',
  '![x](javascript:alert(1))',
  '![x](https://example.org/a.png"onerror="alert(1))',
  '![" onerror="alert(1)](https://example.org/a.png)',
  '![x](https://example.org/a.png \'" onerror="alert(1)\')',
  '[x](https://example.org \'" onclick="alert(1)\')',
  '[x](file:///etc/passwd)',
  '[x](ftp://example.org)',
  '[x](//evil.example)',
  '[x](/actor/known)',
  '[x](#here)',
  '[x](?q)',
  '[x](blob:https://example.org/1)',
  '[x](about:blank)',
  '[x](tel:1)',
  '[x](intent://x)',
  '[x](feed:javascript:alert(1))',
  '[x](view-source:javascript:alert(1))',
  '[x](https:javascript:alert(1))',
  '[x](http:\\\\evil.example)',
  '[x](https://)',
  '[x](mailto:a@b?subject="><script>)',
  '[x](https://example.org/"><script>alert(1)</script>)',
  '<javascript:alert(1)>',
  '<JAVASCRIPT:alert(1)>',
  '<data:text/html,hi>',
  '<vbscript:x>',
  '<https://example.org/"onclick=alert(1)>',
  '<https://example.org>',
  '<a@example.org>',
  '[x]\n\n[x]: javascript:alert(1)',
  '[x]\n\n[x]: <javascript:alert(1)> "t"',
  '[x][y]\n\n[y]: data:text/html,hi',
  '![x][y]\n\n[y]: vbscript:x',
  '[x]\n\n[x]: https://example.org \'" onmouseover="alert(1)\'',
  '[![x](javascript:alert(1))](javascript:alert(2))',
  '[a [b](javascript:alert(1)) c](https://example.org)',
  '*[x](javascript:alert(1)*)',
  '`<script>alert(1)</script>`',
  '```"><script>alert(1)</script>\ncode\n```',
  '```html" onclick="alert(1)\n<b>\n```',
  '    <script>alert(1)</script>',
  '# <img src=x onerror=alert(1)>',
  '> <script>\n> alert(1)\n> </script>',
  '- <iframe>\n- </iframe>',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '&#60;script&#62;alert(1)&#60;/script&#62;',
  '\\<script>alert(1)\\</script>',
  '[[actor:known|<script>alert(1)</script>]]',
  '[[actor:known|" onclick="alert(1)]]',
  '[[actor:known"onclick="x]]',
  '[[actor:known]]',
  '[[actor:wanted|<img src=x onerror=alert(1)>]]',
  '[[actor:wanted"><script>|x]]',
  '[[actor:javascript:alert(1)|x]]',
  '[[javascript:alert(1)|x]]',
  '[[actor:<script>|<b>]]',
  '[[actor:known](javascript:alert(1))]',
  '[[[actor:known]]](javascript:alert(1))',
  '[[[actor:known]]](https://example.org)',
  '[x [[actor:known|y]] z](https://example.org)',
  '[x [[actor:wanted|y]] z](javascript:alert(1))',
  '[[[actor:known]]][y]\n\n[y]: https://example.org',
  '[a [[actor:known|b]] c][y]\n\n[y]: https://example.org',
  '![a [[actor:known|b]] c](https://example.org)',
  '![[actor:known]](javascript:alert(1))',
  '[[claim:5d2f1f0e-0000-4000-8000-000000000001|known]]',
];

it.each([
  '<script>x</script>',
  '<p onclick="x">y</p>',
  '<a href="javascript:x">y</a>',
  '<a href="JAVASCRIPT:x">y</a>',
  '<a href=" https://example.org">y</a>',
  '<a href="/user/root">y</a>',
  '<a href="//evil.example">y</a>',
  '<a href="https://a.example"><a href="https://b.example">y</a></a>',
  '<p>y',
  '</p>',
  '<p>a < b</p>',
  '<p>a > b</p>',
])('The check of these tests would not let %s pass', (html) => {
  expect(() => assertSafe(html)).toThrow();
});

describe('HTML made of a text', () => {
  it.each(VECTORS)('has nothing that runs: %j', (text) => {
    assertSafe(renderMarkdown(text, resolve));
    assertSafe(renderMarkdown(`**${text}**\n\n- ${text}\n\n> ${text}`, resolve));
  });

  it('has nothing that runs, whatever pieces it is put together from', () => {
    const piece = fc.oneof(
      fc.constantFrom(...VECTORS),
      fc.constantFrom(
        '[',
        ']',
        '(',
        ')',
        '<',
        '>',
        '"',
        "'",
        '!',
        '[[',
        ']]',
        '|',
        '\\',
        '`',
        '\n',
        '\n\n',
        ' ',
        '&',
        ';',
        ':',
        '*',
        '_',
      ),
      fc.constantFrom(
        'javascript:',
        'https://example.org/',
        'actor:known',
        'actor:wanted',
        'x',
        '[y]: ',
        '&#x6A;',
        '<a href=',
      ),
      fc.string({ unit: 'grapheme', maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => assertSafe(renderMarkdown(pieces.join(''), resolve))),
      { numRuns: 3000 },
    );
  });

  it('keeps what is meant: open addresses and mail', () => {
    expect(renderMarkdown('[x](HTTPS://Example.org/a?b=1&c) <mailto:a@example.org>', resolve)).toBe(
      '<p><a href="HTTPS://Example.org/a?b=1&amp;c">x</a> <a href="mailto:a@example.org">mailto:a@example.org</a></p>\n',
    );
  });

  it.each([
    ['brackets', '['.repeat(100_000)],
    ['links that are never closed', '[a]('.repeat(30_000)],
    ['wiki links that are never closed', '[[actor:'.repeat(25_000)],
    ['wiki links within one another', `${'[[actor:x|'.repeat(10_000)}${']]'.repeat(10_000)}`],
    ['emphasis', '*a **b '.repeat(20_000)],
    ['quotations', '>'.repeat(50_000)],
    [
      'lists',
      Array.from({ length: 1000 }, (_, n) => `${' '.repeat(n)}- x`)
        .join('\n')
        .slice(0, 200_000),
    ],
    ['code', '`'.repeat(100_000)],
    ['backquotes of all lengths', Array.from({ length: 600 }, (_, n) => '`'.repeat(n)).join(' ')],
    ['images', '!['.repeat(50_000)],
    ['entities', '&#'.repeat(100_000)],
    ['autolinks', '<https://a'.repeat(20_000)],
    ['references', `${'[a]'.repeat(30_000)}\n\n[a]: https://example.org`],
  ])('comes in time from many %s', (_name, text) => {
    expect(busyMs(() => assertSafe(renderMarkdown(text, resolve)))).toBeLessThan(3000);
  });
});
