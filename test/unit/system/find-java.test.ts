import { findJava, findMaven, type RunProgram } from '../../../system/java/find-java.ts';
import { firstError } from '../../../system/java/install-jars.ts';

const settings = (home: string, version: string) =>
  `Property settings:\n    java.home = ${home}\n    java.specification.version = ${version}\n\nopenjdk version "x"\n`;

/** A machine with these programs, by what they print. */
const machine =
  (programs: Readonly<Record<string, string>>): RunProgram =>
  async (program) =>
    programs[program];

describe('findJava', () => {
  it('takes the Java on the PATH, and finds its home', async () => {
    const java = await findJava(machine({ java: settings('/jvm/17', '17') }), {}, 17);
    expect(java).toEqual({ executable: 'java', home: '/jvm/17', version: 17 });
  });

  it('prefers the Java of JAVA_HOME', async () => {
    const run = machine({ java: settings('/jvm/17', '17'), '/jvm/21/bin/java': settings('/jvm/21', '21') });
    expect((await findJava(run, { JAVA_HOME: '/jvm/21' }, 17)).home).toBe('/jvm/21');
  });

  it('continues with the PATH if the Java of JAVA_HOME is too old', async () => {
    const run = machine({ java: settings('/jvm/17', '17'), '/jvm/8/bin/java': settings('/jvm/8', '1.8') });
    expect((await findJava(run, { JAVA_HOME: '/jvm/8' }, 17)).home).toBe('/jvm/17');
  });

  it('fails with the versions that it found, and the package to install', async () => {
    const run = machine({ java: settings('/jvm/11', '11'), '/jvm/8/bin/java': settings('/jvm/8', '1.8') });
    await expect(findJava(run, { JAVA_HOME: '/jvm/8' }, 17)).rejects.toMatchObject({
      code: 'TOOL',
      message: expect.stringMatching(
        /^Java >= 17 is neither .* \(\/jvm\/8\/bin\/java is Java 8, java is Java 11\)\. Install it .*apt install/,
      ),
    });
  });

  it('fails if there is no Java', async () => {
    await expect(findJava(machine({}), {}, 17)).rejects.toThrow('on the PATH. Install it');
  });
});

describe('findMaven', () => {
  it('fails with the package to install if there is no Maven', async () => {
    await findMaven(machine({ mvn: 'Apache Maven 3.9' }));
    await expect(findMaven(machine({}))).rejects.toThrow(/"mvn".*apt install maven/);
  });
});

describe('firstError', () => {
  it("is Maven's first error, without the advice that follows", () => {
    const output =
      '[WARNING] old\n[ERROR] Could not transfer artifact\n[ERROR] \n[ERROR] Re-run Maven with -X\n';
    expect(firstError(output)).toBe('Could not transfer artifact');
  });

  it('is the last line if Maven names no error', () => {
    expect(firstError('JAVA_HOME is not defined\n')).toBe('JAVA_HOME is not defined');
  });
});
