import type { session as en } from '../en/session.ts';
import type { Shape } from '../shape.ts';

export const session = {
  firstRun: {
    title: 'Mettre en service cette station',
    lead: 'Créez l’administrateur : la personne qui ajoute les caméras et les autres utilisateurs.',
    name: 'Nom d’utilisateur',
    password: 'Mot de passe',
    passwordHint: 'Au moins 10 caractères. Une phrase se retient mieux qu’une énigme.',
    again: 'Mot de passe, encore',
    create: 'Créer l’administrateur',
    kept: 'La vidéo est gardée tant qu’il y a de la place sur le disque ; puis la plus ancienne part d’abord. Vous pouvez en décider autrement sous Stockage, Conservation.',
    or: 'ou',
    noLogin: 'Pas de connexion sur ce PC',
    noLoginHint:
      'Quiconque utilise ce PC peut tout voir et tout modifier. Les autres PC demandent toujours un utilisateur et un mot de passe.',
  },
  logIn: {
    title: 'Connexion',
    to: 'à {{station}}',
    name: 'Nom d’utilisateur',
    password: 'Mot de passe',
    refused: 'Le nom ou le mot de passe n’est pas juste. Vérifiez les deux et réessayez.',
  },
  showPassword: 'Montrer la saisie',
  check: {
    nameMissing: 'Entrez un nom d’utilisateur.',
    nameForm: 'Ni espace, ni barre, ni deux-points dans un nom d’utilisateur.',
    passwordShort: 'Au moins 10 caractères : {{count}} pour l’instant.',
    passwordMissing: 'Entrez le mot de passe.',
    passwordsDiffer: 'Les deux mots de passe diffèrent.',
  },
} satisfies Shape<typeof en>;
