; microflux lexicon 1: words that say a post is paid, and signs of one that does not say it (scoring.md §8). English and common to both
; languages. Written for microflux, under the project's licence. A domain name such as bit.ly is read as the words "bit ly".
[disclosed]
#ad
#ads
#advert
advertisement
#advertising
#advertorial
#promotedpost
#sponsor
#spon
#sponcon
#sp
#partner
#paid
paid ad
#paidcollab
#brandpartner
#gifted
gifted by
pr gift
#prproduct
pr sample
pr package
#affiliate
affiliate link
affiliate links
#adaffiliate
#aff
#ambassador
#brandambassador
sponsored
sponsored by
sponsored post
sponsored content
paid partnership
paid promotion
paid advertisement
paid collaboration
this is an ad
ad for
in paid partnership with
in partnership with
partnered with
thanks to our sponsor
this video is sponsored
gifted product
gifted item
gifted stay
press trip
free product from
sent to me by
kindly sent by
i earn a commission
earn a small commission
commission from
brand ambassador for
ambassador for

[code]
discount code
promo code
coupon code
voucher code
referral code
use code
use my code
using code
using my code
with code
with my code
my code
enter code
apply code
code at checkout
at checkout
off your order
off your first order
off with
off sitewide
exclusive discount
discount with

[link]
link in bio
link in the bio
http
https
www
bit.ly
linktr.ee
amzn.to
amzn.eu
tinyurl.com
goo.gl
t.co
shorturl
lnk.bio
beacons.ai
ltk.app
liketk.it
shop.ltk
shopstyle
rstyle.me
geni.us
link in my bio
link in profile
link below
link in description
link in the description
link in stories
link in comments
links in bio
tap the link
click the link

[call]
shop now
order now
swipe up
get yours
shop the look
shop my
order yours
buy now
buy yours
grab yours
sign up
subscribe now
download the app
download now
book now
try it now
try it free
free trial
check them out
check it out
head over to
go check
don't miss out
limited time
limited offer
while stocks last
available now
now available
discover more
learn more
giveaway
enter to win
tag a friend
