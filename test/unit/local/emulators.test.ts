import { chosenEmulator } from '../../../local/endpoint/emulators.ts';

describe('chosenEmulator', () => {
  it('is the one that is named, and MiniStack if none is', () => {
    expect(chosenEmulator('localstack', 'EMULATOR')).toBe('localstack');
    expect([undefined, ''].map((value) => chosenEmulator(value, 'EMULATOR'))).toEqual([
      'ministack',
      'ministack',
    ]);
  });

  it('is an error with the variable or option, its value and the valid values if it is another', () => {
    expect(() => chosenEmulator('moto', 'EMULATOR')).toThrow(
      'EMULATOR is "moto": it takes one of ministack, localstack',
    );
  });
});
