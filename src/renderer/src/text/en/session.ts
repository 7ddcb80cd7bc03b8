export const session = {
  firstRun: {
    title: 'Set up this station',
    lead: 'Create the administrator: the person who adds cameras and other users.',
    name: 'User name',
    password: 'Password',
    passwordHint: 'At least 10 characters. A sentence is easier to remember than a puzzle.',
    again: 'Password again',
    create: 'Create the administrator',
    or: 'or',
    noLogin: 'No log-in on this PC',
    noLoginHint: 'Whoever uses this PC can see and change everything. Other PCs still need a user and a password.',
  },
  logIn: {
    title: 'Log in',
    to: 'to {{station}}',
    name: 'User name',
    password: 'Password',
    refused: 'User name or password is not right. Check both and try again.',
  },
  showPassword: 'Show what is typed',
  check: {
    nameMissing: 'Enter a user name.',
    nameForm: 'No spaces, slashes or colons in a user name.',
    passwordShort: 'At least 10 characters: {{count}} so far.',
    passwordMissing: 'Enter the password.',
    passwordsDiffer: 'The two passwords differ.',
  },
} as const;
