; microflux lexicon 1: words that say a post is paid, and signs of one that does not say it (scoring.md §8). French: the law 2023-451 of
; 9 June 2023, article 5, asks for « Publicité » or « Collaboration commerciale ». Written for microflux, under the project's licence.
[disclosed]
#pub
#publicite
#publi
publireportage
collaboration commerciale
collab commerciale
#collaborationremuneree
collaboration rémunérée
#partenariat
#partenariatremunere
partenariat rémunéré
partenariat commercial
#partenaire
#sponsorise
sponsorisé
#sponsorisee
#offert
produit offert
produits offerts
#cadeau
invitation presse
#voyagepresse
#affiliation
#lienaffilie
lien affilié
#ambassadrice
#ambassadeur
publicité
communication commerciale
collaboration payée
partenariat payé
en partenariat avec
en collaboration commerciale avec
sponsorisée
sponsorisé par
vidéo sponsorisée
post sponsorisé
contenu sponsorisé
publi-rédactionnel
offert par
offerts par
séjour offert
voyage de presse
envoyé par la marque
reçu gratuitement
liens affiliés
lien d'affiliation
je touche une commission
ambassadrice de la marque
ambassadrice pour
ambassadeur de la marque

[code]
code promo
#codereduc
#codepromofrance
code promotionnel
code réduction
code de réduction
code de parrainage
code parrainage
code avantage
avec le code
avec mon code
avec notre code
grâce au code
utilisez le code
utilise le code
profitez du code
mon code
le code
bon de réduction
de réduction avec
de remise avec
sur votre commande
sur votre première commande
sur ta commande
sur tout le site

[link]
lien en bio
lien dans ma bio
lien dans la bio
lien dans bio
lien en story
lien en stories
lien en description
lien dans la description
lien en commentaire
lien sous la vidéo
lien ci-dessous
liens en bio
clique sur le lien
cliquez sur le lien
via le lien

[call]
foncez
jeu concours
#concoursinstagram
fonce vite
je fonce
commandez
commande vite
achetez
profitez-en
profite en
profitez vite
découvrez
découvrez vite
découvre vite
à découvrir sur
rendez-vous sur
allez voir
allez jeter un œil
inscrivez-vous
inscris-toi
abonne-toi à
téléchargez
télécharge l'application
réservez
réserve vite
essayez gratuitement
essai gratuit
offre limitée
offre valable
en édition limitée
jusqu'à épuisement
disponible sur
disponible dès
tirage au sort
identifie un ami
tente de gagner
tentez de gagner
