import type { Random } from '../random.js';

/** Names of nobody: what worlds are peopled with. */
const first =
  'Ada Amir Ana Anders Asha Beatriz Bilal Bruno Carmen Chidi Clara Daniel Deepa Diego Elif Elena Emeka Emil Esther Farah Felix Fiona Gabriel Grace Hana Hassan Helen Hugo Ines Ivan Jamal Jana Jin Joana Jonas Kamala Karim Kenji Lars Laura Leila Lena Liam Lucia Malik Mara Marco Mei Milan Mina Nadia Naomi Nils Noor Olga Omar Oscar Pavel Petra Priya Rafael Ravi Rosa Ruth Sami Sanna Sofia Stefan Tara Tariq Thea Tomas Uma Vera Viktor Wanda Yara Yusuf Zara Zoe'.split(
    ' ',
  );
const last =
  'Abara Adler Ahmadi Almeida Andersson Bajwa Baker Bauer Becker Bello Bianchi Blake Bosch Castro Chen Choi Cole Conti Costa Dahl Das Diaz Dubois Eklund Evans Farkas Ferrari Fischer Fleming Fontaine Garcia Ghosh Gomez Grant Haas Haddad Hansen Hayashi Hoffman Horvat Ito Jansen Jensen Kato Keller Khan Kim Kowal Kumar Lang Laurent Lee Lindgren Lopez Mahmoud Marin Mensah Meyer Molina Moreau Nair Nguyen Nowak Okafor Olsen Ortega Osei Park Patel Pereira Petrov Quinn Rao Reyes Rossi Saito Santos Schmid Shah Silva Simic Singh Sousa Stein Svensson Tan Torres Vargas Vogel Walsh Weber Wolf Yamada Zhou Zimmer'.split(
    ' ',
  );
const stems =
  'Alder, Amber, Anchor, Arbor, Aspen, Atlas, Beacon, Birch, Blue Harbor, Brook, Canyon, Cedar, Cobalt, Copper, Coral, Crane, Delta, Dune, Eagle, Ember, Falcon, Fern, Fjord, Flint, Garnet, Granite, Hazel, Heron, Hollow, Indigo, Iris, Ivory, Juniper, Kestrel, Lantern, Larch, Linden, Lotus, Maple, Marble, Meadow, Mistral, Moss, Nimbus, North Star, Oak Ridge, Onyx, Opal, Orchid, Otter, Pebble, Pine, Quarry, Quartz, Raven, Ridge, River, Robin, Saffron, Sage, Sierra, Silverleaf, Slate, Sparrow, Spruce, Summit, Swift, Terra, Thistle, Timber, Tundra, Umber, Vale, Verdant, Violet, Walnut, Willow, Zephyr'.split(
    ', ',
  );
const trades = [
  'Supply',
  'Foods',
  'Logistics',
  'Works',
  'Systems',
  'Partners',
  'Labs',
  'Textiles',
  'Energy',
  'Media',
  'Instruments',
  'Freight',
  'Print',
  'Care',
  'Tools',
];

export const companies: readonly string[] = stems.flatMap((stem, index) =>
  [0, 4, 9].map((step) => `${stem} ${trades[(index + step) % trades.length]}`),
);
export const cities: readonly string[] = [
  'Antwerp',
  'Bergen',
  'Bilbao',
  'Bologna',
  'Bristol',
  'Brno',
  'Cali',
  'Cebu',
  'Cork',
  'Dakar',
  'Denver',
  'Durban',
  'Fukuoka',
  'Gdansk',
  'Ghent',
  'Graz',
  'Hamburg',
  'Izmir',
  'Kochi',
  'Leeds',
  'Lyon',
  'Malmo',
  'Montreal',
  'Nairobi',
  'Oslo',
  'Porto',
  'Pune',
  'Quito',
  'Riga',
  'Rotterdam',
  'Seville',
  'Tampere',
  'Turin',
  'Utrecht',
  'Valencia',
  'Vilnius',
  'Wellington',
  'Zagreb',
];
export const countries: readonly string[] = [
  'Austria',
  'Belgium',
  'Brazil',
  'Canada',
  'Chile',
  'Croatia',
  'Denmark',
  'Estonia',
  'Finland',
  'France',
  'Germany',
  'Ghana',
  'India',
  'Ireland',
  'Italy',
  'Japan',
  'Kenya',
  'Latvia',
  'Mexico',
  'Morocco',
  'Norway',
  'Poland',
  'Portugal',
  'Spain',
  'Sweden',
  'Turkey',
  'Vietnam',
];
export const person = (dice: Random): string => `${dice.pick(first)} ${dice.pick(last)}`;
