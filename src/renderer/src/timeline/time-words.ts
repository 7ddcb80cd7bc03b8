/** The words a person may type for a moment, per language. Lower case, without accents. Pure data. */
export type Language = 'en' | 'fr' | 'pt';

export type TimeWords = {
  /** Whole-day words, as days back from today. */
  days: Record<string, number>;
  /** Sunday first, like `Date.getDay`. */
  weekdays: string[][];
  months: string[][];
  /** Hours of named times of day. */
  named: Record<string, number>;
  now: string[];
  /** Between and around the parts; without meaning of their own. */
  filler: string[];
  am: string[];
  pm: string[];
  /** Before ("il y a 5 min") and after ("5 min ago") an amount: that long before now. */
  agoBefore: string[];
  agoAfter: string[];
  units: Record<string, number>;
};

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const symbols: Record<string, number> = { s: second, m: minute, h: hour, d: day, w: 7 * day, sec: second, min: minute };

export const timeWords: Record<Language, TimeWords> = {
  en: {
    days: { today: 0, yesterday: 1 },
    weekdays: [
      ['sunday', 'sun'],
      ['monday', 'mon'],
      ['tuesday', 'tue', 'tues'],
      ['wednesday', 'wed'],
      ['thursday', 'thu', 'thur', 'thurs'],
      ['friday', 'fri'],
      ['saturday', 'sat'],
    ],
    months: [
      ['january', 'jan'],
      ['february', 'feb'],
      ['march', 'mar'],
      ['april', 'apr'],
      ['may'],
      ['june', 'jun'],
      ['july', 'jul'],
      ['august', 'aug'],
      ['september', 'sep', 'sept'],
      ['october', 'oct'],
      ['november', 'nov'],
      ['december', 'dec'],
    ],
    named: { noon: 12, midday: 12, midnight: 0 },
    now: ['now', 'live'],
    filler: ['at', 'on', 'the', 'of', 'last', 'st', 'nd', 'rd', 'th'],
    am: ['am', 'a.m.', 'a.m'],
    pm: ['pm', 'p.m.', 'p.m'],
    agoBefore: [],
    agoAfter: ['ago', 'before', 'back'],
    units: {
      ...symbols,
      second,
      seconds: second,
      secs: second,
      mins: minute,
      minute,
      minutes: minute,
      hr: hour,
      hrs: hour,
      hour,
      hours: hour,
      day,
      days: day,
      week: 7 * day,
      weeks: 7 * day,
    },
  },
  fr: {
    days: { "aujourd'hui": 0, aujourdhui: 0, hier: 1, 'avant-hier': 2, avanthier: 2 },
    weekdays: [
      ['dimanche', 'dim'],
      ['lundi', 'lun'],
      ['mardi', 'mar'],
      ['mercredi', 'mer'],
      ['jeudi', 'jeu'],
      ['vendredi', 'ven'],
      ['samedi', 'sam'],
    ],
    months: [
      ['janvier', 'janv', 'jan'],
      ['fevrier', 'fevr', 'fev'],
      ['mars'],
      ['avril', 'avr'],
      ['mai'],
      ['juin'],
      ['juillet', 'juil'],
      ['aout'],
      ['septembre', 'sept'],
      ['octobre', 'oct'],
      ['novembre', 'nov'],
      ['decembre', 'dec'],
    ],
    named: { midi: 12, minuit: 0 },
    now: ['maintenant', 'direct'],
    filler: ['a', 'le', 'la', 'de', 'du', 'dernier', 'derniere', 'vers', 'er'],
    am: [],
    pm: [],
    agoBefore: ['il y a'],
    agoAfter: [],
    units: {
      ...symbols,
      j: day,
      seconde: second,
      secondes: second,
      mn: minute,
      mins: minute,
      minute,
      minutes: minute,
      heure: hour,
      heures: hour,
      jour: day,
      jours: day,
      semaine: 7 * day,
      semaines: 7 * day,
    },
  },
  pt: {
    days: { hoje: 0, ontem: 1, anteontem: 2 },
    weekdays: [
      ['domingo', 'dom'],
      ['segunda', 'segunda-feira', 'seg'],
      ['terca', 'terca-feira', 'ter'],
      ['quarta', 'quarta-feira', 'qua'],
      ['quinta', 'quinta-feira', 'qui'],
      ['sexta', 'sexta-feira', 'sex'],
      ['sabado', 'sab'],
    ],
    months: [
      ['janeiro', 'jan'],
      ['fevereiro', 'fev'],
      ['marco', 'mar'],
      ['abril', 'abr'],
      ['maio', 'mai'],
      ['junho', 'jun'],
      ['julho', 'jul'],
      ['agosto', 'ago'],
      ['setembro', 'set'],
      ['outubro', 'out'],
      ['novembro', 'nov'],
      ['dezembro', 'dez'],
    ],
    named: { 'meio-dia': 12, meiodia: 12, 'meia-noite': 0, meianoite: 0 },
    now: ['agora', 'direto', 'em direto', 'ao vivo'],
    filler: ['a', 'as', 'em', 'no', 'na', 'o', 'de', 'do', 'da', 'passado', 'passada', 'pelas', 'dia'],
    am: [],
    pm: [],
    agoBefore: ['ha', 'faz'],
    agoAfter: ['atras'],
    units: {
      ...symbols,
      seg: second,
      segundo: second,
      segundos: second,
      mins: minute,
      minuto: minute,
      minutos: minute,
      hora: hour,
      horas: hour,
      dia: day,
      dias: day,
      semana: 7 * day,
      semanas: 7 * day,
    },
  },
};
