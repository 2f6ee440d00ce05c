; microflux lexicon 1: further topics, French. Written for microflux, under the project's licence.
[MUSIC]
#musique
#chanteuse
#chanteur
#rapfrancais
#chansonfrancaise
#batterie
nouvel album
nouveau titre
nouveau clip
chanson française
auteur-compositeur
festival de musique
première partie
salle de concert
[GAMING]
#jeuvideo
#jeuxvideo
#jeuxdesociete
#manette
jeu vidéo
jeux vidéo
jeu de société
jeux de société
en direct sur twitch
partie en ligne
console de jeu
[TECH]
#technologie
#numerique
#developpeur
#informatique
intelligence artificielle
développeur web
logiciel libre
maison connectée
test du téléphone
ordinateur portable
cybersécurité
impression 3d
[CARS]
#voiture
#voitures
#automobile
#moto
#motard
voiture ancienne
essai auto
voiture électrique
voiture de sport
permis de conduire
circuit auto
balade à moto
[FINANCE]
#finances
#epargne
épargne
#budget
#immobilier
#argent
livret a
budget mensuel
gérer son budget
crédit immobilier
assurance vie
indépendance financière
déclaration d'impôts
fonds indiciels
[BOOKS]
#livre
#livres
#lecture
#lectures
#instalivre
#bookstagramfrance
#roman
#littérature
#litterature
#bd
lecture du moment
coup de cœur lecture
club de lecture
pile à lire
rentrée littéraire
premier roman
bande dessinée
ma librairie
bibliothèque municipale
[ART]
#artiste
#peinture
#dessin
#aquarelle
#artcontemporain
peinture à l'huile
galerie d'art
exposition
vernissage
atelier d'artiste
street art parisien
visite au musée
musée d'art
gravure
[OUTDOOR]
#rando
#randonnee
randonnée
#montagne
#escalade
#bivouac
#pleinair
chaussures de marche
refuge de montagne
sentier
sommet à
via ferrata
parc national
camping sauvage
nuit en bivouac
voie verte
[SPORTS]
#foot
#footballfrancais
#velo
#vélo
#cyclisme
#natation
#ski
#basket
#judofrance
#petanque
match de foot
ligue 1
équipe de france
coupe du monde
jeux olympiques
tour de france
sortie vélo
séance de natation
station de ski
arts martiaux
[EDUCATION]
#école
#ecole
#maitresse
#professeur
#apprendre
#etudiant
#étudiante
#concours
conseils de révision
fiches de révision
cours en ligne
apprendre l'anglais
salle de classe
maîtresse d'école
soutien scolaire
examen final
vie étudiante
[PHOTOGRAPHY]
#photographie
#photographe
#photodujour
#portraitphoto
#argentique
#noiretblanc
séance photo
photo argentique
appareil photo
heure dorée
pose longue
photographe animalier
réglages photo
[FILM]
#cinéma
#filmfrancais
#serie
#sériestv
court-métrage
avant-première
sortie cinéma
film français
critique de film
bande-annonce
festival de cannes
dernière saison
réalisatrice
[COMEDY]
#humourfrancais
#drole
#drôle
#blague
#rire
humoriste
blague du jour
spectacle d'humour
fou rire
caméra cachée
seul en scène
vidéo drôle
[DIY]
bricolage
#faitmain
#bricoler
#tutodiy
#recup
#récup
faire soi-même
à faire soi-même
tuto bricolage
perceuse
scie sauteuse
ponceuse
palette en bois
récupération de bois
[GARDEN]
#jardin
jardinage
potager
#fleurs
#plantes
permaculture
semis de tomates
balcon fleuri
plantes vivaces
serre de jardin
récolte du potager
taille des rosiers
[SCIENCE]
#sciences
#espace
#astronomie
#physique
#biologie
#recherche
vulgarisation scientifique
chercheuse
laboratoire
télescope
fusée
trou noir
changement climatique étude
éclipse solaire
[BUSINESS]
#entreprise
#entreprendre
#entrepreneuse
auto-entrepreneur
#independante
#marketingdigital
#petiteentreprise
créer son entreprise
chef d'entreprise
travail à distance
réseau professionnel
entretien d'embauche
plan d'affaires
image de marque
[WEDDING]
#mariage
#mariée
#mariee
#robedemariee
#futuremariee
#temoin
robe de mariée
demande en mariage
bague de fiançailles
préparatifs du mariage
faire-part
enterrement de vie de jeune fille
pièce montée
lieu de réception
[WELLNESS]
#bienetre
bien-être
#meditationguidee
prendre soin de soi
sophrologie
#respirer
méditation guidée
routine du matin
huiles essentielles
journal de gratitude
lâcher prise
séance de massage
[DANCE]
#danse
#danseuse
#danseur
#choregraphie
#chorégraphie
danse classique
cours de danse
école de danse
danse contemporaine
chorégraphe
spectacle de danse
[NATURE]
#naturefrancaise
#foret
#forêt
#océan
coucher de soleil
#oiseaux
faune sauvage
lever de soleil
réserve naturelle
fleurs sauvages
aurore boréale
cascade
balade en forêt
[CRAFT]
#tricot
#couture
#broderie
#poterie
#céramique
#ceramique
#jecouds
#loisirscreatifs
patron de couture
machine à coudre
point de croix
pelote de laine
tricoté main
cours de poterie
fabrication de bougies
loisirs créatifs
