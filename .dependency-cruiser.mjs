/** The rooms of the repository, and which others each may import. Rooms that stand in no list import whatever they like. */
const rooms = {
  contract: [],
  runtime: ['contract'],
  publisher: ['contract'],
  testing: ['runtime', 'contract'],
  lambda: ['runtime', 'publisher', 'contract'],
  lib: ['contract'],
  bin: ['lib'],
  system: ['contract'],
  local: ['system', 'publisher', 'contract'],
  operations: ['runtime', 'publisher', 'system', 'contract'],
  cli: ['operations', 'local', 'publisher', 'system', 'contract'],
  lab: ['local', 'system', 'publisher', 'contract'],
};

/** The rooms of the runtime, from the top to the bottom. Each may import those below it. */
const runtimeRooms = [
  'index\\.ts$',
  'order-once\\.ts$',
  'consumer/',
  'delivery/',
  'settlement/',
  'message/',
  'operator/',
  'powertools/',
  'http/',
  'guarantees/',
  'stores/',
  'aws/',
  'logging/',
  'ports/',
  'handler/',
  'values/',
];

/** The rooms of the contract, likewise. */
const contractRooms = ['index\\.ts$', 'orders/', 'event/', 'policies/', 'effects/', 'reporting/'];

/** The rooms of the publisher, likewise; its other files stand above them, or are its errors. */
const publisherRooms = ['sending/', 'journal/', 'topic/', 'input/'];

const everyRoom = Object.keys(rooms);

export default {
  forbidden: [
    {
      name: 'no-circle',
      comment:
        'Files that import each other in a circle cannot be read one after the other. Types count too.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...Object.entries(rooms).map(([room, others]) => ({
      name: `${room}-imports`,
      comment: `${room}/ may import ${[room, ...others].map((name) => `${name}/`).join(', ')}.`,
      severity: 'error',
      from: { path: `^${room}/` },
      to: { dependencyTypes: ['local'], pathNot: `^(${[room, ...others].join('|')})/` },
    })),
    ...downward('runtime', runtimeRooms),
    ...downward('contract', contractRooms),
    ...downward('publisher', publisherRooms),
    {
      name: 'cdk-only-in-lib',
      comment: 'Only lib/ and bin/ import the CDK: it must not end up in a function.',
      severity: 'error',
      from: { path: `^(${everyRoom.filter((room) => room !== 'lib' && room !== 'bin').join('|')})/` },
      to: { path: 'node_modules/(aws-cdk-lib|constructs)/' },
    },
    {
      name: 'library-knows-no-orders',
      comment:
        'The library takes events of any type; orders are the example: contract/orders/, lib/app/, lambda/, and what runs them.',
      severity: 'error',
      from: { path: '^(runtime|publisher|lib(?!/app/)|contract(?!/orders/|/index\\.ts$))' },
      to: {
        path: '^(contract/orders|lib/app|lambda|bin|system|lab|local|operations|cli|simulation|test|bench|spec)/',
      },
    },
    {
      name: 'tools-know-no-orders',
      comment: 'The command and the emulators run any CDK app; the laboratory runs the one of the orders.',
      severity: 'error',
      from: { path: '^(system|local|operations|cli)/' },
      to: { path: '^contract/orders/' },
    },
    {
      name: 'benchmarks-stand-apart',
      comment: 'bench/ is a package of its own: nothing may need its dependencies.',
      severity: 'error',
      from: { pathNot: '^(bench|test/unit/bench)/' },
      to: { path: '^bench/' },
    },
    {
      name: 'simulation-decides-nothing',
      comment: "What becomes of a record is the runtime's to decide; a simulation sees it from outside.",
      severity: 'error',
      from: { path: '^simulation/' },
      to: { path: '^runtime/(guarantees/|stores/[^/]+/)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};

/** @param inner Rooms inside a room, the lowest last: none imports one above it. */
function downward(room, inner) {
  return inner.slice(1).map((lower, index) => ({
    name: `${room}-downward`,
    comment: `Arrows in ${room}/ point downward: ${inner.map((name) => name.replace(/\W+/g, '')).join(' > ')}.`,
    severity: 'error',
    from: { path: `^${room}/${lower}` },
    to: { path: `^${room}/(${inner.slice(0, index + 1).join('|')})` },
  }));
}
