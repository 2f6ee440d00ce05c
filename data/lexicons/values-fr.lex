; microflux lexicon 1: values a post may touch, French. Written for microflux, under the project's licence.
[sustainability]
#ecologie
#écologie
#ecoresponsable
éco-responsable
mode responsable
consommation responsable
#transitionecologique
#developpementdurable
#planete
écologique
développement durable
empreinte carbone
transition écologique
matières recyclées
énergie renouvelable
énergies renouvelables
économie circulaire
gestes pour la planète
sobriété énergétique
[inclusivity]
inclusif
#diversite
diversité
#egalite
#égalité
#handicap
#accessibilite
inclusive et
écriture inclusive
égalité des chances
égalité femmes-hommes
accessible à tous
accessible aux personnes
langue des signes
toutes les tailles
ouvert à toutes et tous
[local]
#fabriqueenfrance
#fabricationfrancaise
circuit court
producteurs locaux
consommer local
#madeinfrancais
#commercedeproximite
fabriqué en france
fabrication française
fabriqué localement
fabrication locale
circuits courts
producteur local
commerce de proximité
origine france garantie
petits commerçants
[animal_welfare]
#bienetreanimal
droits des animaux
#adoptionresponsable
#nontestesurlesanimaux
#spafrance
bien-être animal
non testé sur les animaux
sans cruauté
cause animale
élevé en plein air
plein air et
sauvetage animal
adoptez ne
association de protection animale
[fair_trade]
#commerceequitable
commerce équitable
#modeethique
#ethique
#éthique
mode éthique
salaire décent
juste rémunération
rémunération juste
conditions de travail dignes
petits producteurs
issu du commerce équitable
sans travail des enfants
[organic]
#bio
#agriculturebio
agriculture biologique
#cosmetiquebio
#mangerbio
produits bio
certifié bio
issu de l'agriculture biologique
coton bio
coton biologique
label bio
sans pesticides
biodynamie
agriculture raisonnée
[zero_waste]
#zerodechet
zéro déchet
sans plastique
#vrac
anti-gaspi
anti gaspillage
gaspillage alimentaire
en vrac
achat en vrac
réutilisable
réutilisables
rechargeable en boutique
compostable
[second_hand]
seconde main
#occasion
vide-dressing
#vinted
#chiner
#chine
#upcyclingfrance
vide-grenier
friperie
dépôt-vente
marché aux puces
pièce chinée
objets chinés
reconditionné
donner une seconde vie
[body_positivity]
#bodypositivefrance
acceptation de soi
#toutescorps
vergetures
grande taille
#aimetoncorps
aimer son corps
tous les corps
toutes les morphologies
complexes et
sans retouche
sans filtre ni retouche
[craftsmanship]
artisanat
#artisanfrancais
#metiersdart
#faitalamain
artisanale
artisanal
fait à la main
fait main
métiers d'art
artisan français
petite série
atelier familial
cousu main
[solidarity]
#solidarite
#solidarité
#benevolat
bénévolat
#association
#don
#caritatif
#octobrerose
bénévole
bénévoles
cagnotte solidaire
collecte de fonds
collecte solidaire
course solidaire
don du sang
banque alimentaire
reversés à l'association
au profit de l'association
association caritative
[transparency]
#transparence
#avishonnete
traçabilité
#tracabilite
en toute transparence
transparence totale
avis honnête
composition du produit
liste des ingrédients
prix juste expliqué
coulisses de la fabrication
