import * as fc from 'fast-check';
import { cleanUrl } from '../../src/rules/urls';

describe('the address of a document', () => {
  it.each([
    ['https://example.org/a?b=c#d', 'https://example.org/a?b=c#d'],
    ['HTTP://EXAMPLE.org:80/x/../y', 'http://example.org/y'],
    ['https://example.org', 'https://example.org/'],
    ['  https://example.org/ \n', 'https://example.org/'],
    ['https://münchen.de/ü?ñ', 'https://xn--mnchen-3ya.de/%C3%BC?%C3%B1'],
    ['https://example.org/u\u0308', 'https://example.org/u%CC%88'],
    ['http://[::1]:8080/', 'http://[::1]:8080/'],
    ['https://example.org/@handle', 'https://example.org/@handle'],
    ['https://example.org/?mail=a@b', 'https://example.org/?mail=a@b'],
    ['https://web.archive.org/web/2014/http://example.org/', 'https://web.archive.org/web/2014/http://example.org/'],
  ])('%j is kept as %s', (value, kept) => {
    expect(cleanUrl(value)).toEqual({ ok: true, value: kept });
  });

  it.each([
    ['', 'The URL is empty.'],
    ['  ', 'The URL is empty.'],
    ['example.org', 'does not start with http:// or https://'],
    ['/path', 'does not start with http:// or https://'],
    ['//example.org', 'does not start with http:// or https://'],
    ['ftp://example.org', 'does not start with http:// or https://'],
    ['javascript:alert(1)', 'does not start with http:// or https://'],
    ['data:text/html,x', 'does not start with http:// or https://'],
    ['java\nscript:alert(1)', 'U+000A'],
    ['https://exa\tmple.org', 'U+0009'],
    ['https://exa\0mple.org', 'U+0000'],
    ['https://example.org/a b', 'white space'],
    ['https://example.org/a\u00a0b', 'white space'],
    ['https://example.org/\u202egpj', 'U+202E'],
    ['https://exam\u200bple.org/', 'U+200B'],
    ['https://example.org/\ud800', 'U+D800'],
    ['http:', 'does not name a host'],
    ['http://', 'does not name a host'],
    ['https:example.org', 'does not name a host'],
    ['https:///example.org', 'does not name a host'],
    ['https:\\\\example.org', 'does not name a host'],
    ['http://..', 'does not name a host'],
    ['http://?x', 'is not a URL'],
    ['https://exa<mple.org', 'is not a URL'],
    ['https://example.org:99999/', 'is not a URL'],
    ['https://user@example.org/', 'user name or password'],
    ['https://:@example.org/', 'user name or password'],
    ['https://@example.org/', 'user name or password'],
    [`https://example.org/${'x'.repeat(1_981)}`, 'The URL has 2001 characters; at most 2000 are allowed.'],
    [`https://example.org/${'ü'.repeat(400)}`, 'The URL has 2420 characters; at most 2000 are allowed.'],
  ])('%j is refused: %s', (value, reason) => {
    expect(cleanUrl(value)).toEqual({ ok: false, code: 'INVALID', reason: expect.stringContaining(reason) });
  });

  it('is refused without telling the password', () => {
    expect(JSON.stringify(cleanUrl('https://user:hunter2@example.org/'))).not.toContain('hunter2');
  });

  it('is kept when it is an ordinary one, and then stays as it is', () => {
    fc.assert(
      fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), (url) => {
        const once = cleanUrl(url);
        if (!once.ok) throw new Error(once.reason);
        expect(cleanUrl(once.value)).toEqual(once);
      }),
    );
  });

  it('is never more than an address, whatever is written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('', 'http://', 'https://a'), (value, start) => {
        const result = cleanUrl(start + value);
        if (!result.ok) return;
        const url = new URL(result.value);
        expect([url.href, url.username, url.password]).toEqual([result.value, '', '']);
        expect(['http:', 'https:']).toContain(url.protocol);
      }),
    );
  });
});
