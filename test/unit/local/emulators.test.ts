import { chosenEmulator } from '../../../local/endpoint/emulators.ts';

describe('chosenEmulator', () => {
  it('is the one that EMULATOR names, and MiniStack if it is unset or empty', () => {
    expect(chosenEmulator('localstack')).toBe('localstack');
    expect([chosenEmulator(), chosenEmulator('')]).toEqual(['ministack', 'ministack']);
  });

  it('is an error with the valid names if EMULATOR names another', () => {
    expect(() => chosenEmulator('moto')).toThrow('EMULATOR is "moto": it takes one of ministack, localstack');
  });

  it('names the option if an option names another', () => {
    expect(() => chosenEmulator('moto', 'emulator')).toThrow('emulator is "moto": it takes one of');
  });
});
