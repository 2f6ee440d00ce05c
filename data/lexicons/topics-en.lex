; microflux lexicon 1: further topics, English and common to both languages. Written for microflux, under the project's licence.
[MUSIC]
#music
#musician
#singer
#guitar
#piano
#vinyl
#newmusic
#hiphop
#rap
#techno
new single
new album
songwriter
playlist
concert
live music
music video
music festival
orchestra
drummer
bass player
dj set
soundcheck
spotify
[GAMING]
#gaming
#gamer
#gamers
#twitch
#esports
#ps5
#xbox
#nintendo
#pcgaming
#cosplay
video game
video games
gameplay
speedrun
let's play
game review
gaming setup
playstation
nintendo switch
minecraft
fortnite
indie game
board games
streamer
[TECH]
#tech
#technology
#coding
#programming
#developer
#ai
#gadgets
#python
#smartphone
#startuptech
artificial intelligence
machine learning
software engineer
open source
unboxing
smart home
new phone
tech review
laptop
android phone
iphone
cyber security
web development
3d printing
[CARS]
#cars
#car
#carsofinstagram
#supercar
#classiccar
#motorsport
#jdm
#motorcycle
#bikelife
#f1
car review
test drive
electric car
electric vehicle
sports car
horsepower
engine swap
formula 1
car detailing
motorbike
off road
vintage car
convertible
hybrid car
[FINANCE]
#finance
personal finance
#moneytips
#savings
#budgeting
#debtfree
#financialfreedom
#realestate
save money
savings account
budget planner
emergency fund
pension
mortgage
credit card debt
index funds
financial independence
tax return
interest rates
household budget
money mindset
[BOOKS]
#books
#bookstagram
#booktok
#bookworm
#bookish
#currentlyreading
#tbr
#readersofinstagram
#poetry
book review
book club
reading list
to be read
new novel
debut novel
page turner
paperback
bookshop
bookstore
library
audiobook
author signing
[ART]
#art
#artist
#artwork
#illustration
#painting
#drawing
#digitalart
#contemporaryart
#streetart
#sketchbook
watercolour
watercolor
oil painting
acrylic painting
art gallery
exhibition
art print
illustrator
printmaking
sculpture
mural
art museum
museum visit
[OUTDOOR]
#outdoors
#outdoor
#hiking
#hike
#camping
#climbing
#mountains
#trail
#kayak
#bushcraft
hiking trail
hiking boots
camp fire
campsite
tent
mountain hut
summit
rock climbing
bouldering
wild camping
national park
bikepacking
canoe trip
wild swimming
[SPORTS]
#football
#soccer
#basketball
#rugby
#tennis
#cycling
#swimming
#surf
#skiing
#snowboard
#nba
#boxing
football match
premier league
champions league
world cup
olympic games
grand slam
road cycling
surfing
ski season
skateboarding
ice hockey
handball
martial arts
judo
[EDUCATION]
#education
#teacher
#teachersofinstagram
#learning
#student
#studygram
#languages
#edtech
study tips
exam season
online course
language learning
lesson plan
classroom
university
scholarship
tutoring
back to class
study with me
revision notes
[PHOTOGRAPHY]
#photography
#photographer
#photooftheday
#portrait
#landscapephotography
#streetphotography
#filmphotography
#35mm
#blackandwhite
#canon
#nikon
photo shoot
camera settings
long exposure
golden hour
lightroom
analog camera
portrait session
wildlife photography
drone shot
macro photography
[FILM]
#film
#movie
#movies
#cinema
#netflix
#series
#filmmaking
#anime
movie night
film review
movie review
box office
short film
screenplay
film festival
tv show
new season
documentary
film director
movie trailer
[COMEDY]
#comedy
#funny
#memes
#meme
#humor
#humour
#lol
#standup
stand up comedy
comedian
sketch comedy
funny video
prank
parody
punchline
comedy show
jokes
[DIY]
#diy
#diyproject
#makersgonnamake
#woodworking
#upcycling
#homeimprovement
#renovation
#tools
do it yourself
step by step build
power tools
table saw
cordless drill
wood glue
paint roller
spray paint
toolbox
home repair
[GARDEN]
#garden
#gardening
#gardenersofinstagram
#growyourown
#plants
#plantlover
#flowers
vegetable garden
#allotment
raised beds
seedlings
compost
perennials
roses
tomato plants
greenhouse
balcony garden
pruning
lawn care
[SCIENCE]
#science
#scicomm
#space
#astronomy
#physics
#biology
#stem
#womeninstem
#nasa
science communication
research paper
laboratory
telescope
climate science
chemistry
neuroscience
fossil
quantum physics
solar eclipse
[BUSINESS]
#business
#entrepreneur
#entrepreneurship
#smallbusiness
#marketing
#startup
#freelance
#leadership
#girlboss
#linkedin
small business owner
business owner
side hustle
personal branding
social media marketing
business plan
networking event
founder
remote work
job interview
[WEDDING]
#wedding
#weddings
#bride
#bridetobe
wedding dress
#weddingday
#weddinginspo
#engaged
wedding planner
wedding venue
bridesmaids
groom
bridal shower
wedding cake
first dance
engagement ring
hen party
[WELLNESS]
#wellness
self care
#meditation
#mindfulness
#selflove
#breathwork
#slowliving
#wellbeing
#spa
morning routine
guided meditation
journaling
gratitude journal
sound bath
aromatherapy
essential oils
sleep routine
massage
[DANCE]
#dance
#dancer
#ballet
#choreography
#salsa
#dancechallenge
#hiphopdance
dance class
dance studio
ballet class
ballerina
choreographer
ballroom
breakdance
tango
bachata
contemporary dance
[NATURE]
#nature
#naturelovers
#naturephotography
#wildlife
#forest
#ocean
#sunset
#birds
bird watching
wildlife reserve
rainforest
coral reef
wild flowers
northern lights
waterfall
starry sky
marine life
pollinators
[CRAFT]
#crafts
#handmade
#crochet
#knitting
#sewing
#embroidery
#pottery
#ceramics
#quilting
#macrame
crochet pattern
knitting pattern
sewing pattern
sewing machine
yarn
hand stitched
scrapbooking
candle making
bullet journal
pottery class
