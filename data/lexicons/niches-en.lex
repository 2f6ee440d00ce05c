; microflux lexicon 1: niches, English and common to both languages. Written for microflux, under the project's licence.
[FASHION]
#fashion
#style
#ootd
#lookbook
#fashionblogger
#fashionista
#fashionstyle
#styleinspo
#menswear
#womenswear
#mensstyle
#whatiwore
#wiwt
#fashionweek
#lookoftheday
#chic
#shoes
#jewelry
outfit
outfits
outfit of the day
street style
wardrobe
capsule wardrobe
haute couture
denim
jeans
sneakers
heels
handbag
knitwear
blazer
trench coat
lingerie
swimwear
sunglasses
runway
stylist
fashion show
fashion trends
thrifted look
spring collection
fall collection
new collection
tailoring
vintage dress
maxi dress
summer dress
jumpsuit
cardigan
loafers
ankle boots
earrings
accessories

[BEAUTY]
#beauty
#beautyblogger
#mua
#motd
#fotd
#glow
#glowingskin
#curls
#curlyhair
#nails
#nailart
#bblogger
#kbeauty
#skincareroutine
#hairstyle
makeup
make up look
makeup tutorial
skincare
skin routine
lipstick
mascara
eyeliner
eyeshadow
eyelashes
concealer
highlighter
blush
foundation shade
serum
retinol
hyaluronic acid
niacinamide
vitamin c serum
moisturizer
moisturiser
cleanser
exfoliating
sunscreen
face mask
sheet mask
hair mask
haircare
shampoo
conditioner
manicure
pedicure
nail polish
gel nails
perfume
fragrance
cosmetics
contouring
brow
brows
lip gloss
hair color
balayage

[FAMILY]
#family
#familytime
#familylife
#mom
#mum
#momlife
#mumlife
#dadlife
#dad
#motherhood
#fatherhood
#parenthood
#parenting
#kids
#baby
#babygirl
#babyboy
#mumblogger
#mommyblogger
#siblings
#instakids
#schoolrun
newborn
toddler
toddlers
pregnancy
pregnant
maternity
baby bump
baby shower
breastfeeding
bottle feeding
baby carrier
stroller
pushchair
nursery
bedtime story
bedtime routine
potty training
my kids
my daughter
my son
our little one
mom of two
mom of three
mum of two
mum of three
working mom
single mom
grandparents
homeschooling
family of four
family of five
family day out
children's books
play date
back to school
baby led weaning
gender reveal

[FITNESS]
#fitness
#fit
#fitfam
#fitnessmotivation
#fitnessgirl
#gym
#gymlife
#fitspo
#bodybuilding
#training
#workoutmotivation
leg day
#running
#runner
#instarunners
#calisthenics
#strongwomen
#homegym
workout
workouts
home workout
personal trainer
crossfit
pilates
yoga
yoga flow
vinyasa
hiit
cardio
strength training
weightlifting
powerlifting
deadlift
squats
push ups
pull ups
burpees
kettlebell
dumbbells
abs workout
rest day
warm up
stretching
mobility
marathon
half marathon
marathon training
trail running
couch to 5k
personal best
triathlon
protein shake
gains
spinning class
fitness coach
foam roller

[FOOD]
#food
#foodie
#foodporn
#foodblogger
#foodphotography
#foodstagram
#instafood
#yummy
#delicious
#homemade
#vegan
#veganfood
#cooking
#baking
#eeeeeats
#foodlover
#cleaneating
#coffee
#coffeetime
recipe
recipes
brunch
breakfast
lunch
dinner
dessert
desserts
street food
meal prep
sourdough
homemade bread
cupcakes
cheesecake
cookies
chocolate cake
pancakes
pasta
pizza
burger
burgers
sushi
ramen
curry
tacos
salad bowl
smoothie
smoothie bowl
latte art
vegetarian
plant based recipe
gluten free
restaurant review
tasting menu
home cooking
home chef
chef
air fryer
one pot
slow cooker
seasonal vegetables
farmers market

[INTERIOR]
#interior
interior design
#interiors
#interiorstyling
home decor
#homedesign
#homesweethome
#homeinspo
#myhome
#decor
#decoration
house tour
#hygge
#interior4all
#homestyling
#cosyhome
#cozyhome
#scandi
#bohodecor
#homereno
interior designer
living room
bedroom makeover
room makeover
room tour
kitchen renovation
bathroom renovation
home renovation
gallery wall
wallpaper
throw pillows
cushions
rug
sofa
armchair
coffee table
dining table
bookshelf
shelving
houseplants
lampshade
pendant light
scandinavian design
mid century modern
farmhouse style
minimalist home
cosy corner
open plan
fixer upper
new build home
ikea hack
curtains
linen bedding
vintage furniture
upcycled furniture
wall paint
paint colour
home office setup

[PET]
#pet
#pets
#petsofinstagram
#dog
#dogs
#dogsofinstagram
#doglover
#dogmom
#instadog
puppy
#puppylove
#cat
#cats
#catsofinstagram
#catlover
#instacat
kitten
#pup
#doglife
#catlife
#doggo
#rescuedog
#catmom
#horse
#horsesofinstagram
puppies
kittens
my dog
my dogs
my cat
my cats
dog walk
dog training
dog food
cat food
pet food
dog owner
cat owner
french bulldog
golden retriever
labrador
german shepherd
border collie
dachshund
corgi
poodle
maine coon
siamese cat
guinea pig
hamster
pet rabbit
bunny
parrot
aquarium
veterinarian
vet visit
adopt don't shop
litter box
dog treats
horse riding
pony

[TRAVEL]
#travel
#traveling
#travelling
#travelgram
#travelblogger
#travelphotography
#instatravel
#wanderlust
#traveltheworld
#travelholic
#wanderer
#explore
#explorer
#vacation
#vacay
#holiday
#holidays
#beachlife
#island
#visit
#solotravel
#traveller
#traveler
#passportready
#trip
travel guide
travel tips
travel diary
road trip
city break
city trip
backpacking
backpacker
bucket list
boarding pass
airport
hotel room
boutique hotel
hostel
airbnb
resort
beach holiday
cruise ship
island hopping
sightseeing
itinerary
old town
hidden gem
hidden gems
passport
jet lag
digital nomad
van life
safari
weekend getaway
honeymoon trip
day trip
train journey
interrail
tour guide
first class flight
business class flight
travel insurance
