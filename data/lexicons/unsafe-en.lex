; microflux lexicon 1: contents a campaign may exclude, English and common to both languages. Written for microflux, under the project's licence.
[alcohol]
#wine
#winelover
#beer
craft beer
#cocktail
#cocktails
whisky
whiskey
#gin
vodka
#rum
champagne
#aperol
#drunk
wine tasting
red wine
white wine
brewery
cocktail bar
cocktail recipe
gin and tonic
tequila
prosecco
hangover
happy hour
booze
[gambling]
#gambling
casino
#poker
#betting
sports betting
#slots
roulette
#jackpot
online casino
poker night
poker tournament
slot machine
betting tips
bet slip
betting odds
free spins
bookmaker
lottery tickets
[tobacco]
#tobacco
#cigar
#cigars
#vape
#vapelife
#vaping
#smoking
#hookah
#shisha
cigarette
cigarettes
cigar lounge
vape juice
e-cigarette
nicotine pouch
nicotine
hookah bar
chewing tobacco
rolling tobacco
disposable vape
[weapons]
#guns
#gun
firearms
#ammo
#ar15
#pewpew
#2a
#rifle
#pistol
firearm
assault rifle
shooting range
hand gun
shotgun
ammunition
concealed carry
gun store
combat knife
silencer
[adult]
nsfw
onlyfans
adult content
porn
#nude
#nudes
#sexy
#boudoir
#xxx
pornography
nude photos
sex toy
sex toys
strip club
escort service
explicit content
[drugs]
#weed
cannabis
marijuana
#thc
#420
#stoner
#psychedelics
#shrooms
magic mushrooms
cocaine
ecstasy pills
lsd trip
ketamine
edibles thc
dab rig
bong
stoned
[politics]
#politics
#election
#elections
#vote
#trump
#biden
#brexit
#protest
#congress
#parliament
presidential election
general election
election campaign
vote for
political party
prime minister
left wing
right wing
member of parliament
senator
immigration policy
[violence]
#violence
#war
#terrorism
#gore
#murder
mass shooting
terror attack
terrorist attack
street fight
murder case
graphic violence
war crimes
stabbing
domestic violence
torture
bombing
[profanity]
#wtf
#stfu
fuck
shit
fucking
fucked
motherfucker
bullshit
bitch
bitches
asshole
cunt
[weight_loss]
weight loss
#weightlossjourney
#fatloss
detox tea
#skinny
#keto
#ozempic
diet pills
lose weight
fat burner
slimming tea
appetite suppressant
flat tummy
crash diet
waist trainer
skinny tea
[speculation]
#crypto
bitcoin
#btc
#ethereum
#nft
#nfts
#forex
#forextrader
day trading
meme coin
#binaryoptions
crypto trading
cryptocurrency
forex signals
forex trading
passive income guaranteed
get rich quick
guaranteed returns
copy trading
leverage trading
