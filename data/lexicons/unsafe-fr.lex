; microflux lexicon 1: contents a campaign may exclude, French. Written for microflux, under the project's licence.
[alcohol]
#vin
#vins
vin rouge
#biere
#bière
#apéro
#rhum
pastis
#oenologie
dégustation de vin
vin blanc
vin rosé
bière artisanale
bar à cocktails
recette de cocktail
verre de vin
brasserie artisanale
gueule de bois
l'abus d'alcool
caviste
[gambling]
paris sportifs
#pronostic
#pronostics
#loto
#pmu
#jeudargent
pari sportif
pronostics foot
casino en ligne
machine à sous
jeux d'argent
ticket à gratter
cote boostée
tournoi de poker
jouer comporte des risques
[tobacco]
#tabac
#cigare
vapoteuse
#vapoter
#chicha
#cigaretteelectronique
cigarette électronique
bar à chicha
tabac à rouler
paquet de cigarettes
puff jetable
buraliste
sachets de nicotine
[weapons]
#armes
#armeafeu
#tirsportif
#chasse
#fusil
#pistolet
arme à feu
armes à feu
stand de tir
fusil de chasse
munitions
carabine
pistolet automatique
couteau de combat
[adult]
#coquin
#charme
#sexe
#libertin
#nu
contenu pour adultes
contenu adulte
site coquin
photos dénudées
film pornographique
jouet intime
club libertin
mym
[drugs]
drogue
#drogues
#beuh
#cannabisfrance
#fumette
stupéfiants
cannabis récréatif
fumer un joint
champignons hallucinogènes
cocaïne
pilule d'ecstasy
protoxyde d'azote
[politics]
#politique
#presidentielle
#présidentielle
#législatives
#manifestation
#macron
#gouvernement
#voter
#grève
élection présidentielle
élections législatives
élections municipales
campagne électorale
parti politique
premier ministre
assemblée nationale
votez pour
extrême droite
extrême gauche
réforme des retraites
[violence]
#guerre
attentat
#terrorisme
meurtre
attaque terroriste
agression au couteau
crimes de guerre
violences conjugales
fusillade
bagarre de rue
[profanity]
putain
merde
connard
connasse
enculé
salope
fils de pute
va te faire
bordel de
[weight_loss]
perte de poids
#minceur
#maigrir
#regime
#régime
perdre du poids
perdre 5 kilos
brûleur de graisse
coupe-faim
thé détox
cure détox
régime minceur
maigrir vite
ventre plat
[speculation]
cryptomonnaie
#trading
#tradingfrance
#bourse
revenus passifs
formation trading
copy trading gratuit
devenir riche
gains garantis
rendement garanti
signaux de trading
