; microflux lexicon 1: niches, French. Written for microflux, under the project's licence.
[FASHION]
#mode
#modefemme
#modehomme
#modefrancaise
#blogmode
#blogueusemode
look du jour
tenue du jour
#robe
#sac
#friperie
#pretaporter
#bijoux
#chaussures
#stylefrancais
#parisienne
#modeuse
#manteau
#jupe
#dressing
ma tenue
garde-robe
prêt-à-porter
petite robe noire
robe longue
robe d'été
jupe plissée
pull en maille
manteau long
chemisier
veste en jean
pantalon large
talons hauts
bottines
baskets blanches
escarpins
sac à main
lunettes de soleil
boucles d'oreilles
défilé
créateur de mode
créatrice de mode
semaine de la mode
nouvelle collection
collection printemps
collection automne
pièces vintage
maillot de bain
tailleur pantalon
foulard en soie

[BEAUTY]
#beaute
#beauté
maquillage
#soin
#soins
soin visage
#soindelapeau
#cheveux
#cheveuxboucles
#coiffure
#vernis
#ongles
#parfum
#blogbeaute
#routinebeaute
#peau
#cosmetique
#cosmetiques
#makeupaddict
tuto maquillage
rouge à lèvres
fond de teint
anticernes
fard à paupières
crayon khôl
poudre libre
soin du visage
soins du visage
routine beauté
crème hydratante
crème solaire
huile végétale
huile démaquillante
eau micellaire
nettoyant visage
masque visage
masque capillaire
acide hyaluronique
peau sèche
peau grasse
peau sensible
peau mixte
grain de peau
soin des cheveux
cheveux bouclés
après-shampoing
vernis à ongles
manucure
faux cils
sourcils
parfum d'ambiance
produits de beauté
institut de beauté
esthéticienne
coiffeuse

[FAMILY]
#famille
#viedefamille
#viedemaman
#maman
#mamans
#papa
#viedepapa
#enfant
#enfants
#bebe
#bébé
#grossesse
#maternite
#maternité
#parentalite
#parentalité
jeune maman
future maman
maman de deux
maman de trois
#instamaman
#fratrie
en famille
ma famille
mes enfants
ma fille
mon fils
mon bébé
nouveau-né
maman solo
papa poule
jeunes parents
femme enceinte
enceinte de
allaitement
biberon
poussette
porte-bébé
écharpe de portage
chambre de bébé
liste de naissance
diversification alimentaire
histoire du soir
rentrée scolaire
retour de maternité
crèche
assistante maternelle
activités enfants
jeux en bois
apprentissage de la propreté
motricité libre
parentalité positive
éducation bienveillante
famille nombreuse
petits bouts

[FITNESS]
musculation
remise en forme
#fitnessfrance
coach sportif
coach sportive
#seancedesport
#courseapied
#motivationsport
#sportaddict
salle de sport
#runningfrance
renforcement musculaire
#sportalamaison
#entrainement
#marathondeparis
gainage
séance de sport
séance du jour
sport à la maison
course à pied
séance de yoga
cours de yoga
cours de pilates
fractionné
pompes et squats
étirements
échauffement
récupération musculaire
courbatures
haltères
élastiques de musculation
programme d'entraînement
plan d'entraînement
préparation marathon
semi-marathon
semi marathon de
sortie longue
sortie trail
tapis de course
corde à sauter
prise de muscle
perte de gras
objectif sportif

[FOOD]
#cuisine
cuisine maison
#cuisinefrancaise
fait maison
recette
recettes
recette facile
#recettedujour
#gourmandise
#gourmand
#patisserie
pâtisserie
#gateau
gâteau
#miam
#dejeuner
#diner
#apero
#goûter
#gouter
#veganfrance
#bonneadresse
recette rapide
petit-déjeuner
déjeuner sur le pouce
dîner entre amis
pâtissier
boulangerie
viennoiserie
gâteaux
tarte aux pommes
tarte salée
quiche lorraine
gratin dauphinois
crêpes
galettes bretonnes
raclette
fondue savoyarde
fromage
soupe de légumes
légumes de saison
plat végétarien
plat du jour
sans gluten
batch cooking
four chaud
préchauffer le four
au four
cuillère à soupe
pâte brisée
pâte feuilletée
levain
bistrot
restaurant gastronomique
cheffe
marché du dimanche
gourmandises

[INTERIOR]
#deco
déco
#decointerieur
#decomaison
#decointerieure
#decosalon
#decorationinterieure
#interieur
#architecturedinterieur
#maison
#chezmoi
#instadeco
#inspirationdeco
#homestaging
#meuble
#meubles
#ideedeco
#projetdeco
décoration intérieure
décoration d'intérieur
architecte d'intérieur
architecture d'intérieur
décoratrice
papier peint
canapé
fauteuil
table basse
table à manger
tête de lit
étagère
étagères
bibliothèque murale
salle de bain
salle à manger
salle de bains
chambre parentale
cuisine ouverte
plan de travail
meuble chiné
meubles chinés
brocante
tapis berbère
coussins
rideaux
luminaire
luminaires
suspension en rotin
parquet
carreaux de ciment
rénovation maison
travaux de rénovation
rénovation complète
plantes d'intérieur
visite de la maison
idée déco
linge de lit

[PET]
#chien
#chiens
#chienmignon
chiot
#chat
#chats
chaton
#chatmignon
#chatsdinstagram
#chiensdinstagram
#animaux
animaux de compagnie
#instachien
#instachat
#amourdechien
#compagnon
#cheval
#chevaux
#toutou
lapin nain
mon chien
mes chiens
ma chienne
mon chat
mes chats
chiots
chatons
animal de compagnie
promenade du chien
éducation canine
éducateur canin
croquettes
pâtée pour chat
litière
arbre à chat
niche du chien
vétérinaire
refuge animalier
adoption animale
berger australien
berger allemand
bouledogue français
chien de traîneau
chat de gouttière
cochon d'inde
poney
équitation
poulain
gamelle
laisse et harnais

[TRAVEL]
voyage
voyages
#voyager
#voyageur
#voyageuse
#blogvoyage
carnet de voyage
#instavoyage
#vacances
#voyageenfrance
escapade
#weekendenfrance
tour du monde
#roadtripfrance
#evasion
#évasion
#decouverte
#visiterparis
#bonplanvoyage
#ailleurs
#plage
en voyage
tour d'europe
en vacances
nos vacances
week-end à deux
bord de mer
au bord de la mer
chambre d'hôtes
gîte rural
auberge de jeunesse
billets d'avion
billet de train
valise
sac à dos et
guide de voyage
bonnes adresses
que faire à
que visiter
itinéraire
vieille ville
vol direct
décalage horaire
croisière
île paradisiaque
plages de sable
visa touristique
dépaysement
routard
voyage en train
voyage solo
lune de miel
