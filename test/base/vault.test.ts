import { makeVault } from '../../src/base/vault';

const vault = makeVault('a-key-that-nobody-can-guess-32-characters');

describe('A vault', () => {
  it('gives back what was put into it, for what it was put there', () => {
    const sealed = vault.seal('whsec_é', 'webhook 1');
    expect(sealed).not.toContain('whsec');
    expect(vault.open(sealed, 'webhook 1')).toBe('whsec_é');
    expect(vault.seal('whsec_é', 'webhook 1')).not.toBe(sealed);
  });

  it('opens nothing that was put there for something else, under another key, or was changed', () => {
    const sealed = vault.seal('whsec_é', 'webhook 1');
    const other = makeVault('another-key-that-nobody-can-guess-32-chars');
    expect(vault.open(sealed, 'webhook 2')).toBeNull();
    expect(other.open(sealed, 'webhook 1')).toBeNull();
    const bytes = Buffer.from(sealed, 'base64url');
    for (const [at] of bytes.entries()) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] as number) ^ 1;
      expect(vault.open(changed.toString('base64url'), 'webhook 1')).toBeNull();
      expect(vault.open(bytes.subarray(0, at).toString('base64url'), 'webhook 1')).toBeNull();
    }
  });

  it('tells keys apart without telling them', () => {
    expect(vault.keyId).toBe(makeVault('a-key-that-nobody-can-guess-32-characters').keyId);
    expect(vault.keyId).not.toBe(makeVault('another-key-that-nobody-can-guess-32-chars').keyId);
    expect(vault.keyId).toMatch(/^[0-9a-f]{16}$/);
  });
});
