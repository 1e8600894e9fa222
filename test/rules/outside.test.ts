import { cleanReceiverUrl, hostOf, isOutside } from '../../src/rules/outside';

const INSIDE = `
  0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.255 169.254.169.254
  172.16.0.1 172.31.255.255 192.0.0.8 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.51.100.1
  203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:127.0.0.1
  ::ffff:10.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::1
  100::1 2001::1 2001:db8::1 2002:7f00:1:: 2002:808:808:: 3fff::1 5f00::1 fc00::1 fdff::1 fe80::1
  fe80::1%eth0 fec0::1 ff02::1 ::7f00:1 ::a00:1 ::2 1::1 100:0:0:1::1 4000::1
`
  .trim()
  .split(/\s+/);

describe('Addresses', () => {
  it.each(INSIDE)('%s is inside', (address) => expect(isOutside(address, false)).toBe(false));

  it.each(['1.1.1.1', '8.8.8.8', '100.63.255.255', '100.128.0.1', '172.32.0.1', '2606:4700::1111', '2a00:1450::1'])(
    '%s is outside',
    (address) => expect(isOutside(address, false)).toBe(true),
  );

  it.each(['', 'localhost', 'example.org', '1.1.1.1 ', '8.8.8.8:443'])('%p is none', (address) =>
    expect(isOutside(address, true)).toBe(false),
  );

  it('of loopback are let through where that is allowed, and nothing else of what is inside', () => {
    const through = INSIDE.filter((address) => isOutside(address, true));
    expect(through).toEqual(['127.0.0.1', '127.255.255.255', '::1']);
  });
});

const LOOPBACK = `
  http://127.0.0.1/ http://127.1/ http://2130706433/ http://0x7f.1/ http://0177.0.0.1/
  http://①②⑦.0.0.1/ http://127。0。0。1/ http://127.0.0.1./ http://[::1]/ http://localhost/
  http://LOCALHOST./ http://%6c%6fcalhost/ http://ｌｏｃａｌｈｏｓｔ/ http://news.localhost/
`
  .trim()
  .split(/\s+/);

const REFUSED = `
  https://[::ffff:127.0.0.1]/ https://[::]/ https://0/ https://0.0.0.0/ https://[64:ff9b::7f00:1]/
  https://169.254.169.254/latest/meta-data https://[fe80::1]/ https://10.1/ https://192.168.1.1:8443/
  https://[2002:7f00:1::]/ https://[::127.0.0.1]/ https://[::a00:1]/ https://100.64.0.1/ https://3232235777/ https://0xA9FEA9FE/
`
  .trim()
  .split(/\s+/);

describe('The address of a webhook', () => {
  it.each([...LOOPBACK, ...LOOPBACK.map((url) => url.replace('http:', 'https:')), ...REFUSED])(
    '%s leads inside',
    (url) => {
      const cleaned = cleanReceiverUrl(url, false);
      expect(cleaned).toMatchObject({
        ok: false,
        reason: expect.stringMatching(/inside the network|does not name a host/),
      });
    },
  );

  it.each(LOOPBACK)('%s is good where loopback is allowed', (url) =>
    expect(cleanReceiverUrl(url, true)).toMatchObject({ ok: true }),
  );

  it.each(REFUSED)('%s leads inside even where loopback is allowed', (url) =>
    expect(cleanReceiverUrl(url, true)).toMatchObject({ ok: false }),
  );

  it.each([
    ['http://news.example/hook', /must start with https/],
    ['https://user:password@news.example/', /user name or password/],
    ['https://user@news.example/', /user name or password/],
    ['ftp://news.example/', /does not start with http/],
    ['https://', /does not name a host/],
    ['news.example', /does not start with http/],
    ['https://news.example:22/', /port 22; allowed: 443, and 1024 or above/],
    ['https://news.example:80/', /port 80/],
    ['https://news.example:0/', /port 0/],
    [`https://news.example/${'x'.repeat(2000)}`, /at most 2000/],
    ['https://news.example/\r\nhost: 127.0.0.1', /line break/],
    ['', /empty/],
  ])('%p is refused', (url, reason) => {
    for (const allowsLoopback of [false, true])
      expect(cleanReceiverUrl(url, allowsLoopback)).toMatchObject({ ok: false, reason: expect.stringMatching(reason) });
  });

  it.each([
    ['https://News.Example/Hook?a=b#part', 'https://news.example/Hook?a=b'],
    ['https://news.example:443', 'https://news.example/'],
    ['https://news.example:8443/hook', 'https://news.example:8443/hook'],
    ['https://[2606:4700::1111]/hook', 'https://[2606:4700::1111]/hook'],
    ['https://1.1.1.1/', 'https://1.1.1.1/'],
    ['https://münchen.example/', 'https://xn--mnchen-3ya.example/'],
  ])('%s is good', (url, value) => expect(cleanReceiverUrl(url, false)).toEqual({ ok: true, value }));

  it('names its host without brackets and without a dot at the end', () => {
    expect(['https://[::1]:8443/', 'https://news.example./'].map(hostOf)).toEqual(['::1', 'news.example']);
  });
});
