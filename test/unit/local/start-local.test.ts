import { startLocal } from '../../../local/index.ts';

test('leaves EMULATOR to other tools, which use it for emulators of their own', async () => {
  const { env } = process;
  env.EMULATOR = 'Pixel_9';
  try {
    // The emulator is chosen before the folder is looked at.
    await expect(startLocal({ folder: '/nowhere' })).rejects.toThrow(
      '(folder) is "/nowhere", which does not',
    );
  } finally {
    delete env.EMULATOR;
  }
});

test('refuses an emulator that does not exist, and lists those that do', async () => {
  await expect(startLocal({ emulator: 'moto' as never })).rejects.toThrow(
    'emulator is "moto": it takes one of ministack, localstack',
  );
});
