; microflux lexicon 1: values a post may touch, English and common to both languages. Written for microflux, under the project's licence.
[sustainability]
#sustainability
sustainable
#sustainableliving
#sustainablefashion
#slowfashion
eco friendly
climate action
#greenliving
renewable energy
#savetheplanet
carbon footprint
carbon neutral
climate change
low impact
recycled materials
recyclable
biodegradable
plant a tree
energy saving
circular economy
environmentally friendly
[inclusivity]
#inclusion
#inclusivity
#diversity
representation matters
#accessibility
#equality
#pride
#genderequality
inclusive
inclusive sizing
diversity and inclusion
equal rights
equal pay
wheelchair accessible
accessible to all
sign language
all genders
everyone is welcome
[local]
shop local
support local
made locally
#localbusiness
#buylocal
locally made
made in france
#madeinuk
#madeinitaly
locally sourced
local producers
local farmers
short supply chain
made in the uk
made in europe
independent shop
[animal_welfare]
cruelty free
#vegan
animal rights
adopt don't shop
animal rescue
#notestedonanimals
#veganbeauty
not tested on animals
animal welfare
animal shelter
free range
rescue animals
vegan leather
leaping bunny
[fair_trade]
fair trade
#ethicalfashion
who made my clothes
#fairfashion
fair wages
fairly traded
living wage
ethically made
ethically sourced
workers' rights
no child labour
smallholder farmers
[organic]
organic
#organicfood
#organicskincare
organic cotton
pesticide free
certified organic
organically grown
gots certified
biodynamic
regenerative farming
no synthetic fertilisers
[zero_waste]
zero waste
plastic free
#refill
#nowaste
#lowwaste
reusable
refillable
refill shop
food waste
package free
single use plastic
composting
too good to waste
[second_hand]
second hand
pre loved
#thrift
#thrifted
#vintedfinds
upcycled
thrift shop
thrift store
charity shop
flea market
swap party
hand me downs
repair cafe
[body_positivity]
body positive
body positivity
love your body
#allbodiesaregoodbodies
self acceptance
#midsize
plus size
#unfiltered
body neutrality
every body is
all bodies
stretch marks
no filter no retouching
[craftsmanship]
craftsmanship
artisan
savoir-faire
handcrafted
made by hand
small batch
hand made
artisans
traditional craft
family workshop
generations of know how
[solidarity]
#charity
fundraising
#volunteer
#solidarity
give back
#donate
non profit
fundraiser
charity run
charity event
food bank
volunteering
donated to
every donation
proceeds go to
blood donation
community project
[transparency]
#transparency
honest review
traceability
#openbook
transparent about
full transparency
supply chain transparency
list of ingredients
behind the scenes of our factory
price breakdown
open about our costs
